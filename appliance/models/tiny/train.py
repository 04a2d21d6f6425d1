"""Trains the model on the CPU, on texts that are made as it goes, and leaves it in a folder for `export.py`.

    python train.py --out FOLDER --minutes 45
"""

import argparse
import json
import math
import random
import re
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

import template
import texts
from model import SHAPE, Tiny

DEMO = Path(__file__).resolve().parents[2] / "demo"
BATCH = 3072  # tokens


def tokenizer_of(rng):
    """Learnt from the demo documents, which are used for nothing else, the word list and texts that are made up."""
    given = [
        re.sub("<[^>]*>", " ", file.read_text(encoding="utf-8"))
        for file in sorted(DEMO.rglob("*"))
        if file.suffix in (".md", ".txt", ".csv", ".html", ".rst")
    ] * 12
    made = []
    for _ in range(2500):
        sample = texts.sample(rng, 3)
        passages = [(passage.title, passage.place, passage.layout()[0]) for passage in sample.passages]
        made.append(template.user_message(sample.question, passages)[0])
    words = [" " + " ".join(rng.sample(texts.COMMON, 30000))]
    instructions = list(template.INSTRUCTION.values()) * 50
    chinese = ["".join(texts.ZH_THINGS + [a + b for a, b in texts.ZH_FACTS] + texts.ZH_WHO + texts.ZH_WHERE)] * 30
    return template.learn(given + made + words + instructions + chinese, SHAPE["vocab_size"])


def letters_of(tokenizer) -> list:
    """The Chinese characters that are one token."""
    return [
        letter
        for letter in map(chr, range(0x4E00, 0x9FA6))
        if len(tokenizer.backend_tokenizer.encode(letter).ids) == 1
    ]


def prepare(sample, tokenizer, longest: int):
    """Token ids of a sample, and what is to be learnt at which of them."""
    encode = tokenizer.backend_tokenizer.encode
    language = sample.language
    layouts = [passage.layout() for passage in sample.passages]
    message, starts = template.user_message(
        sample.question,
        [(passage.title, passage.place, text) for passage, (text, _) in zip(sample.passages, layouts)],
        language,
    )
    encoded = encode(message)
    if len(encoded.ids) + 150 > longest:
        return None
    ids = [template.USER] + encoded.ids + [template.END, template.ASSISTANT]
    first_at = {begin: at for at, (begin, _) in reversed(list(enumerate(encoded.offsets, 1)))}
    last_at = {end: at for at, (_, end) in enumerate(encoded.offsets, 1)}
    units, ends, answers = [], [], []  # (first and last token), (position of the last token, answers?, passage), (text, first, last, passage)
    for number, (passage, begins, (_, spans)) in enumerate(zip(sample.passages, starts, layouts), 1):
        for index, (begin, end) in enumerate(spans):
            first = first_at.get(begins + begin, first_at.get(begins + begin - 1))
            last = last_at.get(begins + end)
            if first is None or last is None:
                return None
            units.append((first, last))
            ends.append((last, index in passage.answers, number))
            if index in passage.answers:
                answers.append((passage.units[index], first, last, number))
    matches = matched(ids, 1, 1 + len(encode(template.ASKED[language] + sample.question).ids), ends[-1][0], tokenizer)
    where_matched = sorted(at for at, place in matches if place)
    gathers = []
    for first, last in units:
        inside = [at for at in where_matched if first <= at <= last]
        gathers.append((last, random.choice(inside) if inside else first))
    wanted, chooses, copies, cites = [], [], [], []  # positions whose next token counts; (from, to) of the taught heads
    second = message.rindex(template.ASKED[language] + sample.question)
    where = next(at for at, (begin, end) in enumerate(encoded.offsets, 1) if end > second)
    length = len(encode(template.ASKED[language] + sample.question).ids)
    for step in range(3, min(length, len(ids) - where)):
        if ids[where + step] == ids[1 + step]:
            wanted.append((where + step - 1, 0.15))
            copies.append((where + step - 1, 1 + step))
    prompt = len(ids)
    if not answers:
        ids += encode(template.REFUSAL[language]).ids
    for order, (text, first, last, number) in enumerate(answers[:3]):
        chooses.append((len(ids) - 1, last))
        tokens = encode(text).ids
        if order and language == "en":
            tokens = encode("] " + text).ids[1:]
            copies_from = len(tokens) - (last - first + 1)
        else:
            copies_from = len(tokens) - (last - first + 1)
        for step, token in enumerate(tokens):
            source = first + step - copies_from
            if first <= source <= last and ids[source] == token:
                copies.append((len(ids) + step - 1, source))
        ids += tokens
        chooses += [(len(ids) - 1, last), (len(ids), last)]
        cites.append((len(ids), 0))
        ids += encode(f" [{number}]").ids
    wanted += [(at, 1.0) for at in range(prompt - 1, len(ids))]
    ids.append(template.END)
    return dict(ids=ids, prompt=prompt, ends=ends, wanted=wanted, chooses=chooses, copies=copies, cites=cites, matches=matches, gathers=gathers, begins=[(last, first) for first, last in units])


COMMON = set("the of in for a to and on with at is are by from be what which how do does i it an or".split())
FOLDED = {}  # token: its text in small letters, None if that says nothing


def folded(token: int, tokenizer):
    if token not in FOLDED:
        text = tokenizer.decode([token]).strip().lower()
        FOLDED[token] = None if text in COMMON or not any(letter.isalnum() for letter in text) else text
    return FOLDED[token]


def matched(ids, begin: int, end: int, last: int, tokenizer) -> list:
    """For tokens of the passages: where in the question the same one stands, after the same ones if possible; else 0."""
    texts_ = [folded(token, tokenizer) or token for token in ids]
    places = {}
    for place in range(begin + 2, end):
        if isinstance(texts_[place], str):
            places.setdefault(texts_[place], []).append(place)
    found, missed = [], []
    for at in range(end, last + 1):
        best, longest = 0, 0
        for place in places.get(texts_[at], ()):
            same = 1
            while same < 6 and texts_[at - same] == texts_[place - same]:
                same += 1
            if same > longest:
                best, longest = place, same
        if longest == 1 and len(texts_[at]) == 1 and texts_[at].isascii():
            best = 0  # a digit or a letter alone
        (found if best else missed).append((at, best))
    return found[:120] + missed[:: max(1, len(missed) // 25)]


def make(rng, tokenizer, letters, progress: float):
    """One prepared sample, longer as training goes on."""
    while True:
        if progress < 0.1:
            rich = 0
        elif progress < 0.22:
            rich = rng.choice([0, 1, 1])
        elif progress < 0.42:
            rich = rng.choice([1, 2, 2])
        else:
            rich = rng.choice([0, 1, 1, 2, 2, 2, 3, 3, 3, 3])
        longest = 400 if progress < 0.1 else 480 if progress < 0.22 else 700 if progress < 0.42 else 1000
        if progress > 0.12 and rng.random() < 0.07:
            sample = texts.chinese(rng, letters, rich)
        else:
            sample = texts.sample(rng, rich)
        prepared = prepare(sample, tokenizer, longest)
        if prepared:
            prepared["kind"] = sample.kind
            return prepared


def batches(rng, pool):
    """Samples of similar length, put together."""
    pool = sorted(pool, key=lambda sample: len(sample["ids"]) + rng.random() * 20)
    made, batch = [], []
    for sample in pool:
        if batch and (len(batch) + 1) * max(len(sample["ids"]), len(batch[-1]["ids"])) > BATCH:
            made.append(batch)
            batch = []
        batch.append(sample)
    if batch:
        made.append(batch)
    rng.shuffle(made)
    return made


def tensors(batch):
    length = -(-max(len(sample["ids"]) for sample in batch) // 8) * 8
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    for row, sample in enumerate(batch):
        ids[row, : len(sample["ids"])] = torch.tensor(sample["ids"])

    def pairs(key):
        most = max(1, max(len(sample[key]) for sample in batch))
        places = torch.zeros(len(batch), most, dtype=torch.long)
        targets = torch.full((len(batch), most), -100)
        for row, sample in enumerate(batch):
            for at, (place, target) in enumerate(sample[key]):
                places[row, at], targets[row, at] = place, target
        return places, targets

    flat = lambda key: [(row, *entry) for row, sample in enumerate(batch) for entry in sample[key]]
    return ids, [pairs(key) for key in ("matches", "gathers", "begins", "chooses", "copies")], flat("ends"), flat("wanted")


def losses(model, batch):
    ids, taught, ends, wanted = tensors(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states, (judged, carried), scores = model(ids, *(places for places, _ in taught))
        rows, places, weights = (torch.tensor(part) for part in zip(*wanted))
        logits = model.logits(states[rows, places])
        e_rows, e_places, answers, numbers = (torch.tensor(part) for part in zip(*ends))
        known = model.judge_norm(judged[e_rows, e_places])
        moved = model.logits(carried[e_rows, e_places])
        verdicts, numbered, named = model.judge(known)[:, 0], model.numbered(known), model.logits(model.named(known))
    token = F.cross_entropy(logits.float(), ids[rows, places + 1], reduction="none")
    heads = [
        F.cross_entropy(given.flatten(0, 1), targets.flatten(), ignore_index=-100)
        if (targets >= 0).any()
        else token.sum() * 0
        for given, (_, targets) in zip(scores, taught)
    ]
    first = [at for at, (row, place, _) in enumerate(wanted) if batch[row]["prompt"] - 1 == place]
    cited = {(row, place) for row, sample in enumerate(batch) for place, _ in sample["cites"]}
    cited = [at for at, (row, place, _) in enumerate(wanted) if (row, place) in cited]
    begins = torch.tensor([sample["ids"][begin] for sample in batch for _, begin in sample["begins"]])
    return dict(
        token=(token * weights).sum() / weights.sum(),
        first=token[first].mean(),
        cite=token[cited].mean() if cited else token.sum() * 0,
        carry=F.cross_entropy(moved.float(), begins),
        named=F.cross_entropy(named.float(), begins),
        judge=F.binary_cross_entropy_with_logits(verdicts.float(), answers.float(), pos_weight=torch.tensor(3.0)),
        number=F.cross_entropy(numbered.float(), numbers),
        match=heads[0],
        gather=heads[1],
        begin=heads[2],
        choose=heads[3],
        copy=heads[4],
    )


WEIGHTS = dict(token=1.0, first=1.0, cite=0.4, carry=0.4, named=0.2, judge=1.0, number=0.15, match=0.3, gather=0.2, begin=0.2, choose=0.3, copy=0.2)


class Muon(torch.optim.Optimizer):
    """Momentum whose steps are made orthogonal; for the matrices within the layers."""

    def __init__(self, params, lr, momentum=0.95, decay=0.02):
        super().__init__(params, dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = {}
            for weight in group["params"]:
                held = self.state[weight].setdefault("held", torch.zeros_like(weight))
                held.lerp_(weight.grad, 1 - group["momentum"])
                step = weight.grad.lerp(held, group["momentum"])
                tall = step.shape[0] > step.shape[1]
                shapes.setdefault((tall, *step.shape), []).append((weight, step.T if tall else step))
            for (tall, rows, columns), members in shapes.items():
                x = torch.stack([step for _, step in members])
                x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
                for _ in range(5):
                    a = x @ x.transpose(1, 2)
                    x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
                scale = group["lr"] * 0.2 * max(rows, columns) ** 0.5
                for (weight, _), made in zip(members, x):
                    weight.mul_(1 - group["lr"] * group["decay"]).add_(made.T if tall else made, alpha=-scale)


@torch.no_grad()
def exact(model, samples):
    """The share of samples, by kind, whose whole answer is the most likely one."""
    model.eval()
    right = {}
    for sample in samples:
        ids = torch.tensor([sample["ids"]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model(ids)[0][0, sample["prompt"] - 1 : -1]
        good = bool((model.logits(states.float()).argmax(-1) == ids[0, sample["prompt"] :]).all())
        kind = sample["kind"] + ("" if sample["chooses"] else "-absent")
        right.setdefault(kind, []).append(good)
    model.train()
    return {kind: f"{sum(good)}/{len(good)}" for kind, good in sorted(right.items())}


def save(model, tokenizer, folder: Path) -> None:
    """As `transformers` reads it."""
    config = Qwen3Config(
        **SHAPE,
        tie_word_embeddings=True,
        attention_dropout=0.0,
        bos_token_id=None,
        eos_token_id=template.END,
        pad_token_id=template.PAD,
        use_sliding_window=False,
    )
    real = Qwen3ForCausalLM(config)
    held = {name: weight for name, weight in model.state_dict().items() if name.startswith("model.")}
    held["lm_head.weight"] = held["model.embed_tokens.weight"]
    real.load_state_dict(held)
    real.generation_config.eos_token_id = template.END
    real.generation_config.pad_token_id = template.PAD
    real.generation_config.do_sample = False
    folder.mkdir(parents=True, exist_ok=True)
    real.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def idle():
    """Ticks in which the machine had nothing to do, and all ticks, since it was started."""
    ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="source", type=Path, help="go on from state.pt of this folder")
    parser.add_argument("--begin", type=float, default=0.0, help="as if this share were done already")
    parser.add_argument("--rate", type=float, default=1.0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    rng = random.Random(options.seed)
    # Whoever goes on keeps the numbers of the tokens, also when the texts have changed since.
    kept = options.source and PreTrainedTokenizerFast.from_pretrained(options.source)
    tokenizer = kept or tokenizer_of(random.Random(0))
    letters = letters_of(tokenizer)
    model = Tiny()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.source:
        model.load_state_dict(torch.load(options.source / "state.pt"), strict=False)
    matrices = [weight for name, weight in model.named_parameters() if ".layers." in name and weight.ndim == 2]
    others = [weight for name, weight in model.named_parameters() if not (".layers." in name and weight.ndim == 2)]
    optimisers = [
        (Muon(matrices, 0.02), 0.02),
        (torch.optim.AdamW(others, lr=3e-3, betas=(0.9, 0.98), weight_decay=0.0), 3e-3),
    ]
    held_out = random.Random(99)
    samples = [make(held_out, tokenizer, letters, 0.9) for _ in range(100)]
    print(f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.2f} M weights, {len(letters)} characters", flush=True)
    began, seen, step, sums, said = time.time(), 0, 0, {}, time.time()
    progress, pace = options.begin, {1: 0.0, 2: 0.0}  # tokens per second with so many threads
    torch.set_num_threads(1)
    room = idle()
    while progress < 1:
        pool = [make(rng, tokenizer, letters, progress) for _ in range(600)]
        for batch in batches(rng, pool):
            progress = options.begin + (1 - options.begin) * (time.time() - began) / 60 / options.minutes
            if progress >= 1:
                break
            warm = min(1, (step + 1) / 60)
            rate = options.rate * warm * (1 if progress < 0.35 else 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * (progress - 0.35) / 0.65)))
            # Beside other work two threads wait for one another: the second one is for when there is room.
            if torch.get_num_threads() > 1 and pace[2] < 1.1 * pace[1]:
                torch.set_num_threads(1)
                room = idle()
            elif step % 10 == 9 and options.threads > 1 and torch.get_num_threads() == 1:
                before, room = room, idle()
                if (room[0] - before[0]) > 0.35 * (room[1] - before[1]):
                    torch.set_num_threads(2)
                    pace[2] = 9e9
            started = time.time()
            parts = losses(model, batch)
            sum(WEIGHTS[name] * loss for name, loss in parts.items()).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimiser, base in optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = base * rate
                optimiser.step()
                optimiser.zero_grad()
            seen += sum(len(sample["ids"]) for sample in batch)
            threads = torch.get_num_threads()
            pace[threads] = sum(len(sample["ids"]) for sample in batch) / (time.time() - started)
            step += 1
            for name, loss in parts.items():
                sums[name] = sums.get(name, 0) + float(loss.detach())
            if step % 50 == 0:
                elapsed = time.time() - began
                told = " ".join(f"{name} {total / 50:.3f}" for name, total in sums.items())
                print(f"{elapsed / 60:5.1f} min {step:5} {seen / 1e6:5.2f} M {seen / elapsed:5.0f}/s ({pace[1]:.0f} {pace[2]:.0f}) {told}", flush=True)
                sums = {}
        if time.time() - said > 400 or progress >= 1:
            said = time.time()
            print(json.dumps(exact(model, samples)), flush=True)
            torch.save(model.state_dict(), options.out / "state.pt")
            save(model, tokenizer, options.out)


if __name__ == "__main__":
    main()
