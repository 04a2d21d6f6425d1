"""What a fixture must answer: weights from a seed, prompts, and the logits and greedy tokens of the reference."""

import random

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

from families import SHAPE, Family

PROMPT_LENGTHS = [1, 3, 17, 40, 70]
NEW_TOKENS = 24
CLEAR_LEAD = 0.02  # of the best logit over the second, at every step: what rounding must not turn round
ENOUGH_TOKENS = 4  # different ones in an answer: a model that repeats one token would hide a broken cache
ENOUGH_MEMORY = 0.1  # how far the answer's first logits move when the first token of the prompt is another


def random_model(family: Family, tokenizer, seed: int):
    """A model of the family whose weights come from the seed, and large enough that the logits are not flat."""
    pad = tokenizer.pad_token_id
    bos = tokenizer.bos_token_id if family.bos else pad  # Qwen has none, and names its padding there
    ids = dict(bos_token_id=bos, eos_token_id=tokenizer.eos_token_id, pad_token_id=pad)
    shape = {key: value for key, value in (SHAPE | family.config).items() if value is not None}
    if "sliding_window" in family.config:  # where none is a value of its own
        shape["sliding_window"] = family.config["sliding_window"]
    vocab_size = -(-len(tokenizer) // 32) * 32  # padded, as the real ones are
    config = AutoConfig.for_model(family.model_type, vocab_size=vocab_size, dtype="float32", **shape, **ids)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    gemma = (
        "gemma" in family.model_type
    )  # scales its embeddings up, norms each layer's output, stores norms less one
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            drawn = torch.randn(weight.shape, generator=source)
            if "norm" in name:
                weight.copy_(drawn * 0.2 + (gemma_norm(name) if gemma else 1.0))
            elif "embed_tokens" in name or "lm_head" in name:
                drawn[len(tokenizer) :] = 0.0
                weight.copy_(drawn * (0.2 if gemma else 1.0))
            else:
                weight.copy_(drawn * 0.3)
    stop = [tokenizer.convert_tokens_to_ids(token) for token in family.stop]
    ids |= dict(eos_token_id=stop)
    model.generation_config = GenerationConfig(do_sample=bool(family.sampling), **ids, **family.sampling)
    return model


def gemma_norm(name: str) -> float:
    """Large where a layer's output joins the stream, or the scaled embedding of the last token would drown it."""
    if "q_norm" in name or "k_norm" in name:
        return 0.5
    return 0.0 if "input_layernorm" in name or "pre_feedforward" in name else 4.0


def prompts(tokenizer) -> list:
    """Ordinary pieces in random order, the same for every seed."""
    control = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    ordinary = [piece for piece in range(len(tokenizer)) if piece not in control]
    drawn = random.Random(3)
    return [[drawn.choice(ordinary) for _ in range(length)] for length in PROMPT_LENGTHS]


def torch_logits(model):
    """The reference of exact exports: the logits of the last position, from a fresh pass over all the ids."""

    @torch.no_grad()
    def last_logits(ids: list) -> np.ndarray:
        return model(torch.tensor([ids]), use_cache=False).logits[0, -1].float().numpy()

    return last_logits


def answers(last_logits, tokenizer, stop: list, clear_lead: float = CLEAR_LEAD):
    """The recorded answers, or a sentence that says why these weights will not do."""
    recorded, leads, memories = [], [], []
    for prompt in prompts(tokenizer):
        ids, tokens, first = list(prompt), [], None
        for _ in range(NEW_TOKENS):
            logits = last_logits(ids)
            first = logits if first is None else first
            second, best = np.sort(logits)[-2:]
            leads.append(float(best - second))
            tokens.append(int(logits.argmax()))
            ids.append(tokens[-1])
        if set(tokens) & set(stop):
            return None, "an answer stops early"
        if len(set(tokens)) < ENOUGH_TOKENS:
            return None, "an answer repeats itself"
        other = [prompt[0] ^ 1] + prompt[1:]
        memories.append(float(np.abs(last_logits(other) - first).max()))
        text = tokenizer.decode(tokens, skip_special_tokens=True)
        after = rounded(last_logits(ids))
        recorded.append(dict(ids=prompt, logits=rounded(first), tokens=tokens, text=text, logits_after=after))
    if min(leads) < clear_lead:
        return None, f"a lead of {min(leads):.4f}"
    if min(memories) < ENOUGH_MEMORY:
        return None, f"a first token that moves the logits by {min(memories):.4f}"
    return recorded, f"lead {min(leads):.3f}"


def rounded(logits: np.ndarray) -> list:
    """Six significant digits: a third of the size, and well under the tolerance."""
    return [float(f"{value:.6g}") for value in logits]
