"""The tokenizer and the prompt: how text becomes tokens, and what the model is asked."""

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"]
PAD, USER, ASSISTANT, END = range(4)
FENCE = '"""'
REFUSAL = {"en": "The documents do not tell.", "zh": "文件中没有说明。"}
INSTRUCTION = {
    "en": "Answer in one to three sentences. End every sentence with the number of its passage, like [1]. "
    "If the passages do not tell, say only: The documents do not tell.",
    "zh": "用中文回答，一到三句话。每句话末尾注明所依据段落的编号，如 [1]。如果段落中没有答案，只说：文件中没有说明。",
}
ASKED = {"en": "Question: ", "zh": "问题："}
# The rules of the system are left out: they are in the weights.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] + '<|end|>' }}"
    "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' + message['content'] + '<|end|>' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
# A space belongs to a word in small letters, and to nothing else: so a sentence, which begins with a capital, has the
# same tokens wherever it stands, and can be copied token by token. Figures are split into digits.
PIECES = (
    r'"{3}|\n\n|\n| ?[a-z]+|[A-Z](?![a-z])|[A-Z][a-z]+|\p{N}|\p{Han}| ?\p{L}| ?[^\s\p{L}\p{N}]|\s'
)


def learn(texts, size: int) -> Tokenizer:
    """A tokenizer of so many tokens, learnt from the texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def chat(message: str) -> str:
    """What CHAT_TEMPLATE makes of one message."""
    return f"<|user|>{message}<|end|><|assistant|>"


def head(index: int, title: str, place: str) -> str:
    return f"[{index}] {title}, {place}" if place else f"[{index}] {title}"


def user_message(question: str, passages, language: str = "en"):
    """The message, and where the text of each passage begins in it. A passage is (title, place, text)."""
    asked = ASKED[language] + question
    message, starts = asked + "\n\n", []
    for index, (title, place, text) in enumerate(passages, 1):
        message += f"{head(index, title, place)}\n{FENCE}\n"
        starts.append(len(message))
        message += f"{text}\n{FENCE}\n\n"
    return message + asked + "\n" + INSTRUCTION[language], starts
