"""Makes questions with numbered passages and the sentences that answer. Nothing in them is true."""

import random
import re
from dataclasses import dataclass, field

from facts import FACTS, THINGS, CODED, choose
from words import COLOURS, COMMON, GROUPS, LETTERS, OBJECTS, ROLES, SYNONYM_WORDS, VALUES, code, digits, number, pseudo

GLUE = "the the the of of in for a to and on with at is are by from before after when per under it or be not".split()
UNITS = "mm|bar|°C|Nm|minutes|hours|days|percent|kg|euro|litres|V|rpm|weeks|pieces|%|metres|MPa|kW|months|µm".split("|")
MODALS = "is|are|must be|should be|may be|was|has|needs|takes|can be|goes to|stands in|comes from|gets|shows|means|holds".split("|")
ASKS = """What is the|What|Which|How many|How much|How long|How often|When|Where|Who|Why|How|What does|Which of the|How long is the
At what|What is|Is the|Does the|Can I|May I|What happens with|Where is the|Who has the|When is the|How fast|How high|Tell me about
What do I do with|In which|By whom is|What about||||Do I need|How do I|I need the|What are the""".replace("\n", "|").split("|")
SUFFIXES = ["s", "ed", "ing", "er", "d", "es", "ly"]
DOC_NAMES = """manual|handbook|instructions|FAQ|rules|procedure|work instruction|guide|overview|list|tables|notes|policy|plan|training|sheet
maintenance|regulations|description|data sheet|checklist|information|leaflet|report|standard|safety rules""".replace("\n", "|").split("|")


@dataclass
class Passage:
    """Units are sentences, rows, list items or headings; `joins` stand before each but the first."""

    title: str
    place: str
    units: list = field(default_factory=list)
    joins: list = field(default_factory=list)
    answers: set = field(default_factory=set)

    def add(self, unit: str, join: str, answer: bool = False) -> None:
        if answer:
            self.answers.add(len(self.units))
        self.joins.append(join if self.units else "")
        self.units.append(unit)

    def layout(self):
        """The text, and where each unit begins and ends in it."""
        text, spans = "", []
        for join, unit in zip(self.joins, self.units):
            text += join
            spans.append((len(text), len(text) + len(unit)))
            text += unit
        return text, spans


@dataclass
class Sample:
    question: str
    passages: list
    language: str
    kind: str


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def likely(rng, share: float) -> bool:
    return rng.random() < share


def any_word(rng) -> str:
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(SYNONYM_WORDS)
    if kind < 0.87:
        return rng.choice(COMMON)
    if kind < 0.94:
        return pseudo(rng)
    return code(rng)


def other_form(rng, word: str) -> str:
    """The word as a question may have it: another form, or another word that means the same."""
    if word in GROUPS and likely(rng, 0.45):
        return rng.choice(GROUPS[word])
    if word.isalpha() and word.islower() and likely(rng, 0.25):
        for ending in ("ing", "ed", "es", "s"):
            if word.endswith(ending) and len(word) > len(ending) + 3:
                return word[: -len(ending)] + rng.choice(["", "", "s", "e"])
        return word + rng.choice(SUFFIXES)
    if word.islower() and likely(rng, 0.04):
        return capital(word)
    return word


# --- Sentences of words that have nothing to do with one another: for these nothing helps but looking.


def word_sentence(rng, required=(), words=None) -> str:
    """A sentence that has the required words, and others between them."""
    count = words or rng.choice([2, 3, 3, 4, 4, 5, 6, 7])
    content = list(required) + [any_word(rng) for _ in range(max(0, count - len(required)))]
    if likely(rng, 0.8):
        keep = content[: len(required)]
        rest = content[len(required) :]
        content = keep
        for word in rest:
            content.insert(rng.randrange(len(content) + 1), word)
    else:
        rng.shuffle(content)
    parts, verb = [], rng.randrange(1, max(2, len(content)))
    for index, word in enumerate(content):
        if index == verb and likely(rng, 0.8):
            parts.append(rng.choice(MODALS))
        elif index and likely(rng, 0.6):
            parts.append(rng.choice(GLUE))
            if likely(rng, 0.3):
                parts.append("the")
        parts.append(word)
    if likely(rng, 0.5):
        value = rng.choice(
            [lambda: f"{number(rng)} {rng.choice(UNITS)}", lambda: VALUES[rng.choice(list(VALUES))](rng), lambda: code(rng)]
        )()
        parts.insert(rng.choice([len(parts), len(parts), rng.randrange(len(parts) + 1)]), value)
    if likely(rng, 0.5):
        parts.insert(0, rng.choice(["the", "the", "a", "every", "each", "all", "no", "if the", "when the", "before the", "your", "only"]))
    if len(parts) > 7 and likely(rng, 0.4):
        parts[len(parts) // 2] += ","
    text = " ".join(parts)
    if likely(rng, 0.05):
        words_ = text.split(" ")
        at = rng.randrange(len(words_))
        words_[at] = rng.choice(['"{}"', "({})", "*{}*", "`{}`"]).format(words_[at])
        text = " ".join(words_)
    return capital(text) + rng.choice([".", ".", ".", ".", ".", ".", "", "!", ":"] if likely(rng, 0.3) else ["."])


def word_question(rng, keys) -> str:
    """A question that has these words."""
    parts = [rng.choice(ASKS)]
    for index, key in enumerate(keys):
        if index and likely(rng, 0.55):
            parts.append(rng.choice(GLUE))
        parts.append(key)
    if likely(rng, 0.15):
        parts.append(rng.choice(["be", "have", "cost", "take", "there", "do", "need", "work", "last"]))
    text = " ".join(part for part in parts if part)
    return capital(text) + rng.choice(["?", "?", "?", "?", ""])


def about_words(rng, absent: bool):
    """Question, answers, near misses and a heading of a question of any words."""
    count = rng.choice([1, 2, 2, 3, 3, 3, 4, 4, 5])
    keys = []
    while len(keys) < count:
        word = any_word(rng)
        if word not in keys and not any(word in GROUPS.get(key, ()) for key in keys):
            keys.append(word)
    asked = [other_form(rng, key) for key in keys]
    if likely(rng, 0.3):
        rng.shuffle(asked)
    stray = [any_word(rng)] if count > 1 and likely(rng, 0.35) else []  # a word of the question that nothing has
    question = word_question(rng, asked + stray if likely(rng, 0.5) else stray + asked)
    heading, held = None, list(keys)
    if count > 1 and likely(rng, 0.2):
        moved = rng.sample(keys, rng.randrange(1, max(2, count - 1)))
        heading, held = " ".join(moved), [key for key in keys if key not in moved]
    elif count > 2 and likely(rng, 0.3):
        held.remove(rng.choice(held))  # one more that is only in the question
    near = []
    for _ in range(rng.choice([0, 1, 2, 3, 4]) if count > 1 else 0):
        near.append(word_sentence(rng, rng.sample(keys, rng.randrange(1, max(2, (len(held) + 1) // 2)))))
    gold = [] if absent else [word_sentence(rng, held, len(held) + rng.randrange(0, 5))]
    return question, gold, near, heading if gold else None


# --- Sentences about things that a factory has.


def thing(rng, kinds):
    """A thing: how a sentence calls it, how a question calls it, and its bare name."""
    kind = rng.choice(kinds)
    name = rng.choice(THINGS[kind])
    if likely(rng, 0.12):
        name = rng.choice([any_word(rng), pseudo(rng)]) + " " + name
    if likely(rng, CODED.get(kind, 0)):
        mark = code(rng) if kind != "part" else rng.choice([f"M{rng.randrange(3, 40)}", f"class {rng.choice(['8.8', '10.9', '12.9', '5.6'])}", code(rng)])
        full = f"{name} {mark}" if likely(rng, 0.6) else f"{mark} {name}"
        called = rng.choice([full, full, mark, f"{mark} {name}", f"{name} {mark}"])
        if likely(rng, 0.3):
            full, called = rng.choice([(f"{name} {mark}", mark), (mark, f"{name} {mark}")])
    else:
        full = called = name
        if likely(rng, 0.15):
            called = " ".join(other_form(rng, word) for word in name.split(" "))
    return kind, full, called, name


PLURAL = {"part", "staff"}
ARTICLES = {"machine": "the", "item": "the", "room": "the", "doc": "the", "product": "the", "object": "the", "fluid": "", "part": "", "staff": ""}


def fill(rng, text: str, kind: str, name: str, values: dict) -> str:
    article = ARTICLES.get(kind, "the")
    if kind == "part" and likely(rng, 0.4):
        article = "the"
    if re.fullmatch("[A-Z].*[0-9].*", name) and likely(rng, 0.3) and kind not in PLURAL:
        article = ""
    phrase = f"{article} {name}".strip()
    text = text.replace("{E}", capital(phrase)).replace("{e}", phrase).replace("{n}", name)

    def value(match):
        key = match.group(1)
        if key not in values:
            plain = key.lower()
            made = {
                "x": lambda: "the " + values.setdefault("_x", rng.choice(THINGS["product"])),
                "fluid": lambda: rng.choice(THINGS["fluid"]),
                "tool": lambda: rng.choice("caliper|micrometer|feeler gauge|dial gauge|plug gauge|stopwatch|laser|height gauge|ring gauge|scale|test strip|profile projector|hand refractometer|tensile tester".split("|")),
            }.get(plain) or (lambda: VALUES[plain](rng))
            made = made()
            values[key] = capital(made) if key != plain else made
        return values[key]

    return re.sub(r"\{([A-Za-z]+)\}", value, text)


def reworded(rng, text: str, share: float) -> str:
    """The question with some words replaced by others that mean the same."""
    if not likely(rng, share):
        return text
    words = text.rstrip("?").split(" ")
    for index, word in enumerate(words):
        if index and word in GROUPS and likely(rng, 0.35):
            words[index] = rng.choice(GROUPS[word])
    return " ".join(words) + "?"


def statement(rng, fact, kind, full, values, heading=False) -> str:
    text = fill(rng, choose(rng, fact[2 if heading else 1]), kind, full, values)
    if heading is False and likely(rng, 0.15):
        first = text[0].lower() if not re.match("[A-Z](?![a-z])", text) else text[0]
        text = rng.choice(["As a rule, ", "In every shift, ", "Since last year, ", "If nothing else is agreed, ", "In general, ", "Note: ", "Important: ", "In all halls, ", "By order of the plant manager, "]) + first + text[1:]
    if likely(rng, 0.18):
        tail = rng.choice([
            f", {rng.choice(['but', 'and', 'so that', 'because'])} {VALUES['state'](rng)}", f" ({VALUES['act'](rng)})",
            f"; {VALUES['act'](rng)}", f", {rng.choice(['at the latest', 'without exception', 'as before', 'if possible', 'also at weekends'])}",
            f", then {VALUES['act'](rng)}", f", see {code(rng)}",
        ])
        text = text[:-1] + tail + text[-1]
    return text


def related(kinds, but=None):
    return [fact for fact in FACTS if set(fact[0]) & set(kinds) and fact is not but]


def about_things(rng, absent: bool):
    """Question, answers, near misses and a heading of a question about a thing."""
    fact = rng.choice(FACTS)
    kind, full, called, name = thing(rng, fact[0])
    values, other = {}, {}
    heading = None
    hidden = likely(rng, 0.25)  # the thing is in the heading only
    gold = statement(rng, fact, kind, full, values, hidden)
    asked = fill(rng, choose(rng, fact[3]), kind, called, dict(values))
    question = reworded(rng, asked, 0.5)
    if likely(rng, 0.08):  # no question, only its words
        question = re.sub(r"^(How|What|Which|When|Where|Who|Why)( is| are| does| do)? ", "", question).rstrip("?")
        question = capital(question)
    near = []
    for another in rng.sample(related([kind], fact), min(rng.choice([1, 2, 3]), len(related([kind], fact)))):
        near.append(statement(rng, another, kind, full, dict()))  # the same thing, something else about it
    for _ in range(rng.choice([0, 1, 2])):
        for _ in range(4):
            _, full_too, _, name_too = thing(rng, [kind])
            if name_too != name and full_too not in full and full not in full_too:
                near.append(statement(rng, fact, kind, full_too, dict()))  # the same about another thing
                break
    if hidden:
        heading = full
    if absent and hidden and likely(rng, 0.5):
        near = [statement(rng, another, kind, full, {}, True) for another in rng.sample(related([kind], fact), 2)]
    return question, [] if absent else [gold], near, heading


def filler(rng) -> str:
    if likely(rng, 0.35):
        return word_sentence(rng)
    fact = rng.choice(FACTS)
    kind, full, _, _ = thing(rng, fact[0])
    return statement(rng, fact, kind, full, {}, likely(rng, 0.2))


# --- Tables: the answer is a row.

COLUMNS = [
    ("Code", "code"), ("Machine", "mach"), ("Message", "state"), ("What to do", "act"), ("Who", "role"), ("Torque", "count"), ("Class", "class"),
    ("Thread", "thread"), ("Pressure", "press"), ("Interval", "every"), ("Part number", "code"), ("Price", "money"), ("Temperature", "temp"),
    ("Speed", "count"), ("Length", "count"), ("Width", "count"), ("Diameter", "count"), ("Colour", "colour"), ("Place", "where"), ("Contact", "ext"),
    ("From", "time"), ("To", "time"), ("Form", "code"), ("Limit", "count"), ("Weight", "mass"), ("Quantity", "count"), ("Name", "obj"), ("Cause", "state"),
    ("Task", "act"), ("Material", "stuff"), ("Size", "count"), ("Tool", "obj"), ("Time", "dur"), ("Voltage", "volt"), ("Flow", "vol"), ("Tolerance", "count"),
    ("Room", "where"), ("Department", "role"), ("Product", "prod"), ("Remedy", "act"), ("Order number", "code"), ("Nominal", "count"), ("Rate", "pct"),
]
CELLS = dict(VALUES)
CELLS.update({
    "mach": lambda rng: " ".join(rng.sample([code(rng), rng.choice(THINGS["machine"])], 2)),
    "role": lambda rng: rng.choice(ROLES),
    "class": lambda rng: rng.choice(["8.8", "10.9", "12.9", "A", "B", "C", "I", "II", "5.6", "A2-70"]),
    "thread": lambda rng: f"M{rng.choice([3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30])}",
    "time": lambda rng: f"{rng.randrange(24):02}:{rng.choice(['00', '15', '30', '45'])}",
    "prod": lambda rng: rng.choice(THINGS["product"] + THINGS["fluid"] + THINGS["item"]),
    "word": any_word,
    "count": lambda rng: number(rng) + rng.choice(["", "", "", " mm", " Nm"]),
})


def about_table(rng, absent: bool, large: bool):
    """Question, header, rows, index of the row that answers (none if absent)."""
    columns = rng.sample(COLUMNS, rng.choice([2, 3, 3, 4, 4, 5]))
    keyed = [("code", "mach", "thread", "prod", "obj", "role", "word", "state")[i % 8] for i in (rng.randrange(8), rng.randrange(8))]
    key_names = {"code": "Code", "mach": "Machine", "thread": "Thread", "prod": "Product", "obj": "Part", "role": "Role", "word": "Name", "state": "Fault"}
    double = likely(rng, 0.3)
    if double:
        second = rng.choice([("Class", "class"), ("Bore", "bore"), ("Type", "class"), ("Shift", "shift"), ("Size", "bore")])
        columns = [second] + [column for column in columns if column[0] != second[0]]
    columns = [(key_names[keyed[0]], keyed[0])] + [column for column in columns if column[0] != key_names[keyed[0]]]
    cells = CELLS | {
        "bore": lambda r: r.choice(["40", "50", "63", "80", "100", "125", "160", "200"]),
        "shift": lambda r: r.choice(["early", "late", "night", "day"]),
    }
    rows, keys = [], set()
    prefix = code(rng) if keyed[0] == "code" else None
    for _ in range(rng.randrange(2, 9 if large else 5)):
        first = cells[keyed[0]](rng)
        if prefix and "-" in prefix and likely(rng, 0.8):
            stem = prefix.rsplit("-", 1)[0]
            first = stem + "-" + digits(rng, max(2, len(prefix.rsplit("-", 1)[1])))
        if double and rows and likely(rng, 0.5):
            first = rng.choice(rows)[0]
        row = [first] + [capital(cells[kind](rng)) if likely(rng, 0.4) else cells[kind](rng) for _, kind in columns[1:]]
        key = tuple(row[:2]) if double else row[0]
        if key not in keys:
            keys.add(key)
            rows.append(row)
    target = rng.randrange(len(rows))
    row = rows[target]
    name = rng.choice(columns[2 if double and len(columns) > 2 else 1 :])[0].lower()
    name = other_form(rng, name) if likely(rng, 0.5) else name
    key = row[0]
    if keyed[0] == "mach" and likely(rng, 0.5):
        key = rng.choice(row[0].split(" ", 1)) if re.match("[A-Z0-9-]+ ", row[0]) else row[0]
    if double:
        key = rng.choice([f"{key} {row[1]}", f"{key} of {columns[1][0].lower()} {row[1]}", f"{key} with {row[1]} {columns[1][0].lower()}", f"{row[1]} {key}", f"{key} with {columns[1][0].lower()} {row[1]}"])
    question = rng.choice([
        f"What is the {name} of {key}?", f"Which {name} has {key}?", f"{capital(name)} for {key}?", f"What {name} does {key} have?", f"What does {key} mean?",
        f"What {name} do I need for {key}?", f"What do I do with {key}?", f"{capital(name)} of {key}", f"What about {key}?", f"The {name} of the {key}?",
        f"{key} appears, what should I do?", f"How much is the {name} for {key}?", f"What {name} is used for {key}?", f"Who looks after {key}?",
    ])
    if absent:
        rows.pop(target)
        if not rows:
            rows = [[cells[kind](rng) for _, kind in columns]]
        rows = [other for other in rows if tuple(other[:2]) != tuple(row[:2])]
        target = None
    header = [column[0] for column in columns]
    return question, " | ".join(header), [" | ".join(other) for other in rows], target


# --- Passages and samples.


def name_of_document(rng) -> str:
    kind = rng.randrange(5)
    if kind == 0:
        return f"{code(rng)} {capital(any_word(rng))} {rng.choice(DOC_NAMES)}"
    if kind == 1:
        return "-".join(any_word(rng).lower() for _ in range(rng.choice([1, 2, 3])))
    if kind == 2:
        return f"{capital(rng.choice(rng.choice(list(THINGS.values()))))} {rng.choice(DOC_NAMES)}"
    if kind == 3:
        return f"{capital(any_word(rng))} and {any_word(rng)}"
    return f"{capital(rng.choice(DOC_NAMES))} {any_word(rng)}, {capital(any_word(rng))}"


def title_words(rng) -> str:
    return capital(" ".join(any_word(rng) for _ in range(rng.choice([1, 1, 2, 3]))))


def place_of(rng, heading=None) -> str:
    if heading:
        heading = capital(heading)
        if likely(rng, 0.4):
            heading = f"{rng.randrange(1, 12)}{rng.choice(['', '.', f'.{rng.randrange(1, 9)}'])} {heading}"
        return heading if likely(rng, 0.7) else f"{title_words(rng)} › {heading}"
    kind = rng.randrange(8)
    if kind < 2:
        return ""
    if kind == 2:
        return f"page {rng.randrange(1, 90)}"
    if kind == 3:
        return f"{capital(any_word(rng))}, rows {rng.randrange(1, 20)} to {rng.randrange(20, 60)}"
    if kind == 4:
        return f"{title_words(rng)} › {title_words(rng)}"
    if kind == 5:
        return f"{rng.randrange(1, 12)}. {title_words(rng)}"
    if kind == 6 :
        return capital(word_question(rng, [any_word(rng) for _ in range(3)]))
    return title_words(rng)


def dress(rng, units, answers, heading=None, table=None) -> Passage:
    """A passage of these units in their order; some become list items, some get a heading inside the text."""
    inside = heading is not None and likely(rng, 0.35)
    passage = Passage(name_of_document(rng), place_of(rng, None if inside else heading))
    if heading is not None and not inside and likely(rng, 0.2):
        passage.title, passage.place = f"{heading} {rng.choice(DOC_NAMES)}", place_of(rng)
    if inside:
        passage.add(capital(heading) if likely(rng, 0.7) else heading.upper(), "\n\n")
    elif likely(rng, 0.08):
        passage.add(title_words(rng), "\n\n")
    listed = likely(rng, 0.15)
    mark = rng.choice(["- ", "", "1. ", ""])
    first = True
    for unit in units:
        if first and passage.units:
            join = rng.choice(["\n\n", "\n"])
        elif listed:
            join = "\n" + mark.replace("1", str(len(passage.units) + 1))
        else:
            join = " " if likely(rng, 0.8) else rng.choice(["\n\n", "\n", "\n\n"])
        if listed and unit.endswith(".") and unit not in answers and likely(rng, 0.3):
            unit = unit[:-1]
        passage.add(unit, join, unit in answers)
        first = False
    if table:
        header, rows, target = table
        passage.add(header, rng.choice(["\n", "\n\n"]))
        for index, row in enumerate(rows):
            passage.add(row, "\n", index == target)
    return passage


def fillers(rng, rich: int):
    return [filler(rng) for _ in range(rng.choice([0, 1, 1, 2][: rich + 1] if rich < 3 else [1, 2, 3, 4, 5]))]


def sample(rng, rich: int = 3) -> Sample:
    """One sample. `rich` from 0 to 3 says how long it may be."""
    absent = likely(rng, 0.2)
    kind = rng.choices(["words", "things", "table", "two"], [0.33, 0.47, 0.13, 0.07])[0]
    count = rng.choice([[1, 2], [1, 2, 3], [2, 3, 4], [2, 3, 4, 4, 4, 5, 6]][rich])
    passages = []
    if kind == "table":
        question, header, rows, target = about_table(rng, absent, rich > 1)
        own = [filler(rng)] if likely(rng, 0.25) else []
        passages.append(dress(rng, own, [], table=(header, rows, target)))
        groups = [([], None)]
    else:
        groups, question = [], ""
        for part in range(2 if kind == "two" else 1):
            about = about_things if kind == "things" or (kind == "two" and likely(rng, 0.6)) else about_words
            asked, gold, near, heading = about(rng, absent)
            groups.append((gold, near, heading))
            if not part:
                question = asked
            else:
                second = asked[0].lower() + asked[1:] if not re.match("[A-Z]-?[A-Z0-9]", asked) else asked
                question = question.rstrip("?") + rng.choice([", and ", " and ", "? And ", "; "]) + second
    if kind != "table":
        together = kind == "two" and likely(rng, 0.3)
        spread = []
        for gold, near, heading in groups:
            rng.shuffle(near)
            near = near[: rich + 1]
            beside = rng.randrange(len(near) + 1)
            units = gold + near[:beside] + fillers(rng, rich)
            rng.shuffle(units)
            passages.append(dress(rng, units or [filler(rng)], gold, heading))
            spread += near[beside:]
        if together and len(passages) == 2 and not groups[1][2]:
            first, second = passages
            for index, unit in enumerate(second.units):
                first.add(unit, " ", index in second.answers)
            passages.pop()
        while spread:
            units = [spread.pop()] + fillers(rng, rich)
            if spread and likely(rng, 0.4):
                units.append(spread.pop())
            rng.shuffle(units)
            passages.append(dress(rng, units, []))
    while len(passages) < count:
        if likely(rng, 0.15):
            _, header, rows, _ = about_table(rng, True, rich > 1)
            passages.append(dress(rng, [], [], table=(header, rows, None)))
        else:
            passages.append(dress(rng, fillers(rng, rich) + [filler(rng)], [], title_words(rng) if likely(rng, 0.4) else None))
    rng.shuffle(passages)
    passages = sorted(passages, key=lambda passage: not passage.answers)[:6]
    rng.shuffle(passages)
    if likely(rng, 0.7):  # as retrieval has them, the best one first
        passages.sort(key=lambda passage: not passage.answers)
    return Sample(question, passages, "en", kind)


# --- Chinese: enough to copy a sentence.

ZH_THINGS = "车床 铣床 磨床 压力机 空压机 烘箱 焊接机 包装线 叉车 行车 油泵 水箱 滤芯 轴承 皮带 螺栓 刀具 夹具 油漆 溶剂 清洗剂 仓库 食堂 宿舍 实验室 办公室 学徒 司机 焊工 电工 访客 班组长 奖金 补贴 年假 体检 培训 消防演习 盘点 审核 工作服 手套 安全帽 钥匙 梯子 量具 图纸 申请单 记录表 合同 证书".split()
ZH_FACTS = [
    ("{e}的压力为 {n} MPa。", "{e}的压力是多少？"), ("{e}每 {n} 个月更换一次。", "{e}多久更换一次？"), ("{e}的温度应保持在 {n} °C。", "{e}的温度要求是多少？"),
    ("{e}由{w}负责。", "{e}由谁负责？"), ("{e}存放在{p}。", "{e}放在哪里？"), ("{e}的拧紧力矩为 {n} N·m。", "{e}要拧多大力矩？"), ("{e}的有效期为 {n} 年。", "{e}的有效期是几年？"),
    ("{e}的价格为 {n} 元。", "{e}多少钱？"), ("{e}必须填写 {c}。", "{e}要填什么表？"), ("{e}于每周{d}进行。", "{e}哪天进行？"), ("{e}的编号为 {c}。", "{e}的编号是什么？"),
    ("{e}的重量不超过 {n} kg。", "{e}最多多重？"), ("使用{e}前应等待 {n} 分钟。", "使用{e}前要等多久？"), ("{e}每天 {t} 开始。", "{e}几点开始？"), ("{e}至少需要 {n} 人。", "{e}需要几个人？"),
    ("{e}每年检查 {n} 次。", "{e}一年检查几次？"), ("{e}的颜色为{k}色。", "{e}是什么颜色？"), ("{e}的长度为 {n} mm。", "{e}有多长？"),
]
ZH_WHO = "班组长 车间主任 安全员 质量工程师 维修工 仓库管理员 厂长 设备科 人事部".split()
ZH_WHERE = "一号仓库 二车间 门卫室 工具柜 办公楼一楼 北门 危险品库 更衣室 货架 A3 ".split()


def zh_fill(rng, text, name):
    return (
        text.replace("{e}", name).replace("{n}", str(rng.choice([rng.randrange(1, 100), rng.randrange(1, 40) / 4]))).replace("{w}", rng.choice(ZH_WHO))
        .replace("{p}", rng.choice(ZH_WHERE)).replace("{c}", code(rng)).replace("{d}", rng.choice("一二三四五六")).replace("{t}", f"{rng.randrange(24)}:{rng.choice(['00', '30'])}")
        .replace("{k}", rng.choice("红黄蓝绿白黑"))
    )


def chinese(rng, letters, rich: int = 3) -> Sample:
    """A Chinese sample; half of its sentences are characters in any order."""
    any_text = lambda least, most: "".join(rng.choice(letters) for _ in range(rng.randrange(least, most)))
    absent = likely(rng, 0.2)
    name = lambda: rng.choice(ZH_THINGS) if likely(rng, 0.6) else any_text(2, 5)

    def line():
        if likely(rng, 0.5):
            return zh_fill(rng, rng.choice(ZH_FACTS)[0], name())
        return any_text(4, 14) + (f" {rng.randrange(1, 90)} " if likely(rng, 0.4) else "，") + any_text(2, 9) + "。"

    if likely(rng, 0.5):
        said, asked = rng.choice(ZH_FACTS)
        about = name()
        gold, question = zh_fill(rng, said, about), asked.replace("{e}", about)
    else:
        key, rest = any_text(3, 7), any_text(2, 5)
        gold = any_text(0, 4) + key + rng.choice(["为", "是", "应", "在", "，"]) + rest + f" {rng.randrange(1, 90)} " + any_text(1, 4) + "。"
        question = key + rng.choice(["是多少？", "是什么？", "在哪里？", "怎么办？", "要多久？", rest[:2] + "？"])
    passages = []
    for index in range(rng.choice([1, 2, 3, 4][: rich + 1])):
        units = [line() for _ in range(rng.choice([1, 2, 3][: max(1, rich)]))]
        if not index and not absent:
            units.insert(rng.randrange(len(units) + 1), gold)
        passage = Passage(any_text(2, 8), rng.choice(["", f"第 {rng.randrange(1, 30)} 页", any_text(2, 6)]))
        for unit in units:
            passage.add(unit, rng.choice(["", "", "\n", "\n\n"]), unit == gold)
        passages.append(passage)
    rng.shuffle(passages)
    return Sample(question, passages, "zh", "zh")
