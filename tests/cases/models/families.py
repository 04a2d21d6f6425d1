"""The model families of the fixtures: shape, control tokens and sampling of each, as the real ones have them."""

from dataclasses import dataclass, field

# Small enough for a fixture of a few hundred kilobytes. GroupQueryAttention wants heads of 16 or a multiple; they
# are grouped, and head_dim times heads is wider than hidden, as in Qwen 3.
SHAPE = dict(
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    max_position_embeddings=256,
    attention_dropout=0.0,
)


@dataclass(frozen=True)
class Family:
    """One architecture: what `transformers` calls it, what differs from `SHAPE`, and what its tokenizer is made of."""

    model_type: str
    pieces: str  # the kind of vocabulary: see vocabulary.py
    special: list  # control tokens, left out when decoding without them
    eos: str
    pad: str
    stop: list  # eos_token_id of generation_config.json
    template: str  # file under templates/
    bos: str = None
    bos_added: bool = False  # the tokenizer itself puts bos before a text
    added: list = field(default_factory=list)  # tokens of their own that are text all the same
    config: dict = field(default_factory=dict)
    sampling: dict = field(default_factory=dict)


CHATML = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOOLS = ["<tool_call>", "</tool_call>"]

FAMILIES = {
    "qwen2": Family(
        model_type="qwen2",
        pieces="bytes-qwen",
        special=CHATML,
        added=TOOLS,
        eos="<|im_end|>",
        pad="<|endoftext|>",
        stop=["<|im_end|>", "<|endoftext|>"],
        template="chatml-tools",
        # Qwen 2.5 has no head_dim of its own: heads times head_dim is the hidden size.
        config=dict(
            hidden_size=64,
            intermediate_size=48,
            head_dim=None,
            rope_theta=1e6,
            tie_word_embeddings=True,
            use_sliding_window=False,
        ),
        sampling=dict(temperature=0.7, top_p=0.8, top_k=20, repetition_penalty=1.05),
    ),
    "qwen3": Family(
        model_type="qwen3",
        pieces="bytes-qwen",
        special=CHATML,
        added=TOOLS + ["<think>", "</think>"],
        eos="<|im_end|>",
        pad="<|endoftext|>",
        stop=["<|im_end|>", "<|endoftext|>"],
        template="chatml-thinking",
        config=dict(rope_theta=1e6, tie_word_embeddings=True, use_sliding_window=False),
        sampling=dict(temperature=0.6, top_p=0.95, top_k=20),
    ),
    "llama3": Family(
        model_type="llama",
        pieces="bytes-llama",
        special=[
            "<|begin_of_text|>",
            "<|end_of_text|>",
            "<|start_header_id|>",
            "<|end_header_id|>",
            "<|eom_id|>",
            "<|eot_id|>",
        ],
        bos="<|begin_of_text|>",
        bos_added=True,
        eos="<|eot_id|>",
        pad="<|end_of_text|>",
        stop=["<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"],
        template="headers",
        config=dict(
            rope_theta=500000.0,
            tie_word_embeddings=True,
            rope_scaling=dict(
                rope_type="llama3",
                factor=4.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=64,
            ),
        ),
        sampling=dict(temperature=0.6, top_p=0.9),
    ),
    "gemma3": Family(
        model_type="gemma3_text",
        pieces="sentencepiece",
        special=["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"],
        bos="<bos>",
        bos_added=True,
        eos="<end_of_turn>",
        pad="<pad>",
        stop=["<eos>", "<end_of_turn>"],
        template="turns",
        # Five layers look at a window and the sixth at everything (the builder knows no other order); prompts and
        # answers are longer than the window. The hidden size is a square, since the builder rounds its root.
        config=dict(
            hidden_size=36,
            num_hidden_layers=6,
            num_attention_heads=2,
            num_key_value_heads=1,
            intermediate_size=32,
            sliding_window=32,
            rope_theta=1e6,
            rope_local_base_freq=10000.0,
            query_pre_attn_scalar=16,
            hidden_activation="gelu_pytorch_tanh",
            tie_word_embeddings=True,
        ),
        sampling=dict(temperature=1.0, top_p=0.95, top_k=64),
    ),
    "phi3": Family(
        model_type="phi3",
        pieces="sentencepiece-prefixed",
        special=["<unk>", "<s>", "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"],
        bos="<s>",
        eos="<|endoftext|>",
        pad="<|endoftext|>",
        stop=["<|endoftext|>", "<|assistant|>", "<|end|>"],
        template="bars",
        # q, k and v are one matrix, gate and up another; the window is longer than the context.
        config=dict(
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=None,
            rope_theta=10000.0,
            sliding_window=2047,
            original_max_position_embeddings=256,
            tie_word_embeddings=False,
        ),
        sampling=dict(),
    ),
    "mistral": Family(
        model_type="mistral",
        pieces="sentencepiece-prefixed",
        special=["<unk>", "<s>", "</s>", "[INST]", "[/INST]"],
        bos="<s>",
        bos_added=True,
        eos="</s>",
        pad="</s>",
        stop=["</s>"],
        template="inst",
        config=dict(rope_theta=1e6, sliding_window=None, tie_word_embeddings=False),
        sampling=dict(temperature=0.7),
    ),
    "smollm2": Family(
        model_type="llama",
        pieces="bytes-digits",
        special=CHATML,
        bos="<|im_start|>",
        eos="<|im_end|>",
        pad="<|im_end|>",
        stop=["<|im_end|>"],
        template="chatml",
        # Every head has keys of its own: no grouping.
        config=dict(
            num_attention_heads=2, num_key_value_heads=2, rope_theta=100000.0, tie_word_embeddings=True
        ),
        sampling=dict(temperature=0.2, top_p=0.9),
    ),
}
