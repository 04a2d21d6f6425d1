"""Words, names and values that the synthetic texts are made of. All of it is made up here, but for the word list."""

import random
import re
from pathlib import Path

WORD_LIST = Path("/usr/share/dict/american-english")  # apt-get install wamerican

# Groups of words that may stand for one another in a question.
SYNONYMS = """
cost price fee charge|costs prices fees charges|leave holiday vacation|pay wage salary|buy purchase order
change replace swap exchange|changed replaced swapped exchanged|often frequently|maximum largest highest greatest most
minimum smallest lowest least|begin start|begins starts|end finish stop|ends finishes stops|employee worker
employees workers staff people|manager head boss|supervisor foreman leader|colleague workmate|job task work
repair fix mend|repaired fixed mended|broken defective faulty damaged|fault failure defect error|alarm warning
check inspect examine|checked inspected examined|inspection check examination|test trial|tests trials
allowed permitted|permit allow|forbidden prohibited|must should|shall must|need require|needs requires|needed required necessary
machine equipment device unit|plant factory works|hall building workshop|room office|store warehouse stockroom
car vehicle|truck lorry|fast quick quickly|slow slowly|speed pace|big large|small little|thick thickness|long length
wide width|high height tall|deep depth|heavy weight weigh mass|hot temperature warm heat|cold cool|hard hardness
near close|keep store hold|kept stored held|put place lay|placed put laid|get receive obtain|gets receives
give hand|given handed issued|hand submit|request application|apply ask|ask request|form sheet document|record log note
recorded logged noted entered|signed approved|approve authorise confirm|approves authorises|phone telephone call
number extension|report tell notify inform|reported notified informed|injury accident|hurt injured|wound injury|ill sick
illness sickness|doctor physician|doctor medical|certificate note|clean wash|cleaned washed|cleaning washing|dirt soiling|dirty soiled
remove take|removed taken|fit install mount|fitted installed mounted|tighten fasten|tightened fastened|tight torque|torque tightening
loose slack|bolt screw|bolts screws|oil lubricant|grease lubricate|greased lubricated oiled|lubricated greased|pressure load
fluid liquid|leak leakage|leaks leaking|hose pipe|switch turn|open opened|shut closed|close shut|lock locked|gap clearance|clearance play
allowance supplement bonus|extra additional|paid reimbursed refunded|pays refunds|refund reimburse|money amount|lunch meal|eat meals lunch
breakfast meal|canteen restaurant|coffee drinks|shoes boots|gloves mittens|clothes clothing|helmet hat|glasses goggles|wear use
used worn|train instruct teach|training course instruction|learn training|trained instructed|exam quiz test|pass passed|level grade
year annual yearly|year years|month monthly|week weekly|day daily|night overnight|hours time|day days|hour hours|minute minutes
earliest soonest|latest last|before prior|after following|late overdue|early soon|quantity amount number|many number|much amount
share percentage percent proportion|ratio share|part component piece|parts components pieces|workpiece part|product article item
customer client|supplier vendor|deliver ship|delivered shipped|delivery shipment|complaint claim|send post|answer reply response|answered replied
answer respond|meaning mean means|colour color|colour coloured|sign label|label tag|badge card pass|password code|account login
computer laptop pc|file data|deleted lost erased|restore recover retrieve|backup backed|printer printing|network wireless|visitor guest|visitors guests
contractor subcontractor|contractors subcontractors|fire burning|extinguisher extinguishers|emergency alarm|exit escape|evacuate leave|gather assemble assembly meet
noise sound loud|dust particles|smoke smoking|waste rubbish scrap|scrap scrapped rejected|throw dispose|disposed thrown|bin container|box crate
rack shelf|drum barrel|tank container|fill filled|fill refill top|empty drain|drained emptied|wait stand|waiting standing|rest break pause|break interruption
longest maximum|shortest minimum|strongest maximum|fastest maximum|slowest minimum|heaviest maximum|hottest maximum|coldest minimum
limit maximum|limit threshold|tolerance deviation|deviation variation|accuracy precision|surface finish roughness|rough roughness|size dimension|dimensions sizes
sample specimen|samples specimens|measure gauge|measured gauged|measurement reading|calibrate calibrated|calibration adjustment|adjust set|adjusted set|setting value
responsible charge|responsible owner|decides decide|decision decided|who person|may can|might could|happen happens occurs|cause reason|caused reason|why because
avoid prevent|prevented avoided|protect guard|protected guarded|protection guard|cover lid|door gate|rope sling|hoist crane|lift raise|lifted raised|lower drop
forklift truck|drive operate|driven operated|driver operator|operate run|run runs running|works operates|started launched|program programme|shut off|reset restart
revision version edition|issue edition|valid effective|valid force|expire lapse|expires lapses|expire invalid|renew renewed extend|repeat renew|repeated renewed|lasts takes
last take|duration time|period time|interval frequency|frequency rate|rate speed|flow rate|mix mixture|mixed blended|concentration strength|dilute mix|acid corrosive|harmful dangerous hazardous
danger hazard risk|safe secure|store storage|kept storage|shelf storage|life durability|belt strap|bearing bearings|bore hole|drill bore|shaft spindle|rod shaft|seal gasket
filter strainer|filters strainers|valve tap|pump pumps|motor drive|engine motor|cable wire|plug connector|fuse breaker|battery accumulator|charge charging|bulb lamp light|light lighting
tool tools|wrench spanner|hammer mallet|knife blade|blades knives|edge corner|steel metal|alloy metal|plastic polymer|rubber elastomer|paint coat|coating layer|layer coat|painted coated
weld welding|welded joined|glue adhesive|glued bonded|wood timber|paper sheet|pack packing package|packed wrapped|pallet skid|load cargo|loaded stacked|stack pile|park parking|parked left
train railway|flight plane fly|hotel accommodation room|trip journey travel|travel trips|abroad foreign|mileage kilometre|ride travel|bicycle bike|bus shuttle|stop station
birthday anniversary jubilee|wedding marriage|child children|family relatives|father paternity|mother maternity|retire retirement|pension retirement|hire join|joined hired|quit resign|notice resignation
swap trade|shift shifts|overtime hours|late shift|holiday holidays|sunday weekend|weekends weekend|photo photograph picture|photos photographs pictures|film video|key keys|lose lost|lost missing|found find|steal stolen theft
suggestion idea proposal|reward rewarded prize|idea suggestions|meeting talk|minutes protocol|invite invitation|talk conversation|complain complaint|audit review|review check|plan schedule|planned scheduled|calendar schedule
""".replace("\n", "|").split("|")

GROUPS = {}
for _line in SYNONYMS:
    _group = _line.split()
    for _word in _group:
        GROUPS.setdefault(_word, set()).update(other for other in _group if other != _word)
GROUPS = {word: sorted(others) for word, others in GROUPS.items()}
SYNONYM_WORDS = sorted(GROUPS)

if WORD_LIST.exists():
    COMMON = [line for line in WORD_LIST.read_text(encoding="utf-8").split("\n") if re.fullmatch("[a-z]{3,11}", line)]
else:
    COMMON = list(SYNONYM_WORDS)

ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl l m n p pl pr qu r s sch sh sk sl sp st str t th tr v w z".split()
MIDDLES = "a e i o u ai ea ee oa oo ou y".split()
CODAS = ["", "", "", "l", "n", "r", "s", "t", "m", "nd", "rk", "ck", "st", "x", "p", "lt"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def pseudo(rng) -> str:
    """A word that is none."""
    return "".join(
        rng.choice(ONSETS) + rng.choice(MIDDLES) + rng.choice(CODAS) for _ in range(rng.choice([1, 2, 2, 3]))
    )


def digits(rng, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def code(rng) -> str:
    """A name of a machine, a form, a fault, a drawing."""
    some = lambda count: "".join(rng.choice(LETTERS) for _ in range(count))
    kind = rng.randrange(12)
    if kind < 4:
        return f"{some(rng.choice([1, 2, 2, 3]))}-{digits(rng, rng.choice([1, 2, 2, 3, 4]))}"
    if kind == 4:
        return f"{some(rng.choice([1, 2]))}{digits(rng, rng.choice([1, 2, 3]))}"
    if kind == 5:
        return f"{some(3)}-{some(2)}-{digits(rng, rng.choice([2, 3]))}"
    if kind == 6:
        return f"M{rng.choice([3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24])}x{rng.choice(['0.5', '0.8', '1', '1.25', '1.5', '2'])}"
    if kind == 7:
        return f"{digits(rng, 2)}-{digits(rng, 4)}"
    if kind == 8:
        return f"{some(2)} {digits(rng, 3)}"
    if kind == 9:
        return f"{rng.choice('EFAW')}-{digits(rng, 4)}"
    if kind == 10:
        return f"{some(1)}{digits(rng, 4)}"
    return f"{some(2)}-{digits(rng, 2)}/{digits(rng, 2)}"


def number(rng) -> str:
    kind = rng.randrange(8)
    if kind < 4:
        return str(rng.randrange(2, 100))
    if kind == 4:
        return str(rng.randrange(2, 60) * 5)
    if kind == 5:
        return f"{rng.randrange(0, 30)}.{rng.randrange(1, 100)}".rstrip("0")
    if kind == 6:
        return f"{rng.randrange(1, 20)},{rng.choice(['000', '500', '250', '200'])}"
    return rng.choice("two three four five six seven eight nine ten twelve fifteen twenty thirty forty".split())


def _with(*units):
    return lambda rng: f"{number(rng)} {rng.choice(units)}"


def clock(rng) -> str:
    return f"{rng.randrange(0, 24):02}:{rng.choice(['00', '15', '30', '45'])}"


MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COLOURS = "red blue green yellow white black grey orange brown violet pink silver".split()
ROLES = """shift leader|foreman|site nurse|safety officer|plant manager|buyer|quality engineer|maintenance lead|head of department
storekeeper|works council|process engineer|team leader|laboratory assistant|gatekeeper|production planner|crane supervisor|fire warden
accountant|personnel officer|tool setter|welding supervisor|electrician on duty|fitter|packing lead|environment officer|trainer
sales office|dispatch office|service desk|night porter|planning office|tool room|test engineer|design office""".replace("\n", "|").split("|")
PLACES = """hall {d}|the paint shop|the tool store|the laboratory|the yard|bay {c}|the loading dock|the basement|cabinet {d}|the first floor
the main entrance|the boiler house|the training room|gate {d}|the drawing archive|room {d}|the break room|the reception|the test area
rack {c}|the maintenance shop|building {d}|the cold store|the press shop|the foundry|car park {d}|the locker room|shelf {c}|the first-aid room
the changing room|the compressor house|the scrap yard|the spare parts store|the measuring room|the notice board|the west wing""".replace("\n", "|").split("|")
VERBS = """clean|check|replace|open|close|tighten|loosen|measure|grease|drain|refill|reset|remove|turn|press|empty|adjust|inspect|wipe|lower|lift
disconnect|restart|secure|label|weigh|rinse|dry|sharpen|align|calibrate|isolate|vent|fasten|sort|pack|cover|blow out|switch off|switch on|lock""".replace("\n", "|").split("|")
OBJECTS = """filter|valve|guard|hose|nozzle|belt|pump|sensor|tank|spindle|bearing|clamp|lever|fan|fuse|relay|gripper|chain|blade|roller|bolt|seal|cable
housing|coupling|gasket|mirror|drum|tray|magnet|cylinder|piston|brake|lamp|screen|probe|drive|shaft|hopper|feeder|door|panel|die|mould|punch|jig
fixture|pallet|conveyor|duct|gear|wheel|spring|plug|gauge|scale|tap|lid|funnel|reel|rail|carriage|heater|cooler""".replace("\n", "|").split("|")

VALUES = {
    "dur": _with("minutes", "hours", "seconds", "days", "weeks", "months", "working days", "shifts"),
    "time": _with("minutes", "hours", "seconds"),
    "long": _with("days", "weeks", "months", "years", "working days"),
    "every": lambda rng: rng.choice(
        [f"every {number(rng)} {rng.choice(['hours', 'days', 'weeks', 'months', 'shifts'])}"] * 3
        + ["once a week", "once a month", "once a year", "twice a year", "every day", "every shift", "daily", "weekly", "every quarter", f"every {rng.choice(DAYS)}"]
    ),
    "temp": _with("°C", "°C", "degrees"),
    "press": _with("bar", "MPa", "kPa", "mbar"),
    "torque": _with("Nm", "N·m", "Nm"),
    "mass": _with("kg", "t", "g", "tonnes", "kilograms"),
    "len": _with("mm", "m", "cm", "µm", "metres", "millimetres"),
    "speed": _with("km/h", "m/min", "rpm", "m/s", "mm/s", "strokes per minute"),
    "money": lambda rng: rng.choice([f"{number(rng)} euro", f"{number(rng)} pounds", f"{number(rng)} dollars", f"{rng.randrange(1, 30)}.{rng.randrange(10, 99)} euro"]),
    "pct": _with("percent", "%", "percent"),
    "vol": _with("litres", "l", "ml", "l/min", "cubic metres"),
    "volt": _with("V", "A", "kW", "Hz", "kV", "mA"),
    "count": lambda rng: number(rng),
    "clock": lambda rng: rng.choice([f"at {clock(rng)}", f"{clock(rng)}", f"{clock(rng)} o'clock"]),
    "span": lambda rng: rng.choice([f"from {clock(rng)} to {clock(rng)}", f"between {clock(rng)} and {clock(rng)}"]),
    "date": lambda rng: rng.choice([f"{rng.randrange(1, 31)} {rng.choice(MONTHS)}", f"{rng.randrange(1, 31)} {rng.choice(MONTHS)} {rng.randrange(2019, 2031)}", f"the {rng.choice(['first', 'second', 'last'])} {rng.choice(DAYS)} of {rng.choice(['the month', 'each quarter', rng.choice(MONTHS)])}"]),
    "day": lambda rng: rng.choice([f"on {rng.choice(DAYS)}s", f"on {rng.choice(DAYS)}s and {rng.choice(DAYS)}s", f"every {rng.choice(DAYS)}"]),
    "who": lambda rng: "the " + rng.choice(ROLES),
    "where": lambda rng: rng.choice(PLACES).replace("{d}", rng.choice([digits(rng, 1), digits(rng, 2), rng.choice(LETTERS)])).replace("{c}", code(rng)),
    "colour": lambda rng: rng.choice(COLOURS),
    "code": code,
    "form": lambda rng: rng.choice(["form ", "form ", "sheet ", "checklist ", "permit ", "card ", ""]) + code(rng),
    "ext": lambda rng: rng.choice(["extension ", "extension ", "number ", "telephone "]) + digits(rng, 3),
    "act": lambda rng: f"{rng.choice(VERBS)} the {rng.choice(OBJECTS)}" + rng.choice(["", "", f" and {rng.choice(VERBS)} the {rng.choice(OBJECTS)}", f" for {number(rng)} {rng.choice(['seconds', 'minutes'])}"]),
    "state": lambda rng: f"the {rng.choice(OBJECTS)} is {rng.choice(['worn', 'blocked', 'dirty', 'loose', 'too hot', 'open', 'jammed', 'empty', 'broken', 'wet', 'misaligned', 'not seated', 'out of range', 'cracked', 'scratched', 'overloaded'])}",
    "obj": lambda rng: rng.choice(OBJECTS),
    "stuff": lambda rng: rng.choice("nitrile latex leather cotton steel brass copper nylon rubber aluminium wool plastic glass paper cardboard felt textile ceramic bronze".split()),
}
