"""Kinds of facts: what a sentence says, how it is asked, and of what things. (a|b) is a choice, {x} a value.

Each line has the kinds of things, the sentence, the sentence under a heading that names the thing, and the question.
"""

import re

THINGS = {
    "machine": """lathe|milling machine|press brake|band saw|compressor|injection press|packing robot|hardening oven|extruder|laser cutter
grinding machine|drilling machine|bending machine|shrink tunnel|paint booth|blasting cabinet|dryer|mixer|labelling machine|filling line
pallet wrapper|stamping press|welding robot|plasma cutter|palletiser|centrifuge|boiler|chiller|vacuum pump|air dryer|screen printer
balancing machine|sorting line|shredder|degreasing bath|anodising line|rolling mill|wire cutter|cooling tower|dust collector|crusher
die casting machine|slitter|core cutter|screw feeder|stacker|sealing machine|transfer press|assembly cell|test rig|scissor lift|tow tractor""",
    "part": """bolts|screws|nuts|studs|clamp screws|flange bolts|wheel nuts|bearing caps|cover screws|hose fittings|pipe unions|terminal screws
tie rods|lock nuts|set screws|tool holders|jaw screws|foundation bolts|grub screws|coupling bolts|plugs|collets|mounting screws|end caps""",
    "item": """filter|drive belt|gearbox oil|bearing|seal kit|air filter|brake pad|coolant|spindle oil|conveyor chain|wiper|hose|battery|fan
guide rail|coupling|gas spring|suction cup|knife|lamp|relief valve|heating cartridge|nozzle|ball screw|cylinder|hydraulic oil|grease|membrane
thermocouple|pressure switch|light curtain|fuse|contactor|safety valve|grinding wheel|saw blade|mandrel|gripper|encoder|rotor""",
    "fluid": """solvent|primer|cutting oil|degreaser|epoxy|rust remover|paint|hardener|flux|acetone|quenching oil|cleaning agent|antifreeze
lacquer|adhesive|release agent|pickling acid|caustic soda|polishing paste|coolant additive|silicone|resin|stripper|wax|inhibitor|detergent""",
    "room": """paint shop|tool store|laboratory|press shop|canteen|library|gym|warehouse|foundry|archive|dispatch office|first-aid room
workshop|server room|meeting room|showroom|scrap yard|car park|kiosk|reception|training centre|wash room|loading dock|measuring room
medical centre|recycling yard|tool crib|goods-in office|spare parts counter|stationery store""",
    "staff": """apprentices|temporary workers|night workers|welders|drivers|trainees|office staff|engineers|cleaners|electricians|painters
foremen|new starters|students|crane drivers|fitters|salesmen|part-timers|inspectors|visitors|contractors|first aiders|packers|warehouse clerks""",
    "benefit": """bonus|parental leave|pension contribution|bus pass|meal voucher|overtime pay|sick pay|housing allowance|child allowance
language course|gym subsidy|moving allowance|unpaid leave|company car|study leave|shift premium|laundry service|eye test|flu vaccination
bicycle leasing|canteen discount|travel allowance|tool money|company phone|birthday gift|long-service award|savings plan|home office""",
    "doc": """work permit|hot work permit|inspection plan|control plan|audit report|deviation report|test certificate|routing card|delivery note
risk assessment|maintenance log|accident report|stock list|purchase request|change request|supplier rating|quality manual|logbook|time sheet
handover sheet|calibration record|batch record|drawing|packing list|visitor log|training record|waste certificate|expense report""",
    "measure": """wall thickness|hardness|flatness|roughness|runout|viscosity|moisture|noise level|flow rate|film thickness|concentricity
density|conductivity|clearance|tension|stroke|feed rate|weld depth|peel strength|gloss|grain size|bore diameter|pitch|leak rate|vibration
straightness|parallelism|burr height|coating weight|residual oil|bow|gap|edge radius|shrinkage|torque|tilt angle|humidity|current""",
    "product": """gear housing|valve body|bracket|shaft|flange|pump cover|piston rod|cable drum|seat frame|pressure vessel|door hinge|manifold
heat exchanger|rotor blade|impeller|cylinder head|wheel hub|bearing ring|control box|steel coil|casting|extruded profile|spring|pulley""",
    "event": """fire drill|stocktaking|works meeting|safety walk|summer shutdown|machine audit|management review|first-aid course|customer audit
open day|blood donation|shift handover|morning meeting|evacuation exercise|tool inspection|crane inspection|ladder check|sprinkler test
alarm test|kick-off meeting|annual inspection|hearing test|forklift refresher|budget round|toolbox talk|waste collection|window cleaning""",
    "object": """ladder|hand pallet truck|gas bottle|padlock|tablet|scanner|key|locker|helmet|torque wrench|micrometer|dial gauge|respirator
harness|fire blanket|hearing protection|overall|toolbox|headset|laptop|parking badge|caliper|ring gauge|barrel trolley|sling|eye shower
stretcher|extension lead|USB stick|company card|radio|flashlight|master key|welding shield|shoe cover|rain jacket|grease gun""",
}
THINGS = {kind: names.replace("\n", "|").split("|") for kind, names in THINGS.items()}
CODED = {"machine": 0.6, "item": 0.2, "fluid": 0.5, "doc": 0.25, "product": 0.4, "object": 0.1, "part": 0.4}

FACTS = """
machine | The operating pressure of {e} is {press}. | The operating pressure is {press}. | (What is the operating pressure of|At what pressure does|What pressure is needed for|How much pressure has) {e}( run| work|)?
machine,item | {E} (is|must be) (lubricated|greased) {every}. | Lubricate it {every}. | How often (is|must|should) {e} (be |)(lubricated|greased)?
machine,item | {E} (is|has to be) cleaned {every} by {who}. | It is cleaned {every} by {who}. | (How often is|When is|Who cleans|Who has to clean) {e}( cleaned| to be cleaned|)?
item | (Replace|Change) {e} {every}. | The (change|replacement) is due {every}. | (How often|At what interval|When) (is|must|do we|should) {e} (be |)(replaced|changed|renewed)?
item | {E} (lasts|is good for) {long}. | It lasts {long}. | (How long does|What is the service life of|What is the lifetime of) {e}( last|)?
item,object | The (part|order|article) number of {e} is {code}. | The part number is {code}. | (What is the|Which|Tell me the) (part|order|article) number (of|for) {e}?
machine | {E} (weighs|has a weight of) {mass}. | The weight is {mass}. | (How heavy is|What does|How much does|What is the weight of) {e}( weigh|)?
machine | (Before work begins,|In the morning,|After a cold start,|) {e} (warms up|runs empty|idles) for {time}. | Let it warm up for {time}. | How long (must|does|should) {e} (warm up|run empty|idle|run before work)?
machine | (Wait|You must wait) {time} before (opening|you open) (the door|the cabinet|the guard|the cover) of {e}. | Wait {time} before you open the (door|cabinet|cover). | How long (do I|must I|must one|should I) wait before (opening|I open) (the door|the cabinet|the cover|) of {e}?
machine | {E} (stands|is located|is installed) in {where}. | It stands in {where}. | (Where is|Where does|In which building is|Where do I find) {e}( stand| located| installed|)?
machine | The (maximum|top) speed of {e} is {speed}. | The maximum speed is {speed}. | (How fast may|How fast can|What is the maximum speed of|What speed is allowed for) {e}( run| go|)?
machine | {E} (takes|holds|accepts) workpieces (up to|of at most) {len}. | Workpieces may be up to {len} long. | (What is the longest|How long may a|What is the largest) (workpiece|part) (in|for|on|that fits) {e}( be|)?
machine | {E} (lifts|carries|bears) (at most|up to) {mass}. | It carries at most {mass}. | (How much can|What load can|What is the most that|How many kilograms can) {e} (lift|carry|bear)?
machine | {E} is (operated|run) only by {who}. | Only {who} may operate it. | (Who may|Who is allowed to|Who can) (operate|run|use|work at) {e}?
machine | The (oil|water) temperature of {e} (is held at|must stay below|is kept at) {temp}. | The (oil|water) temperature is {temp}. | (What temperature|At what temperature|How hot|How warm) (should|is|may|must) (the oil|the water|) (of|in) {e} (be|held|get)?
machine | {E} needs a (supply|fuse|connection) of {volt}. | The (supply|fuse) is {volt}. | (What|Which) (supply|fuse|connection) does {e} need?
machine | The noise of {e} is {count} decibels. | It makes {count} decibels. | (How loud is|What is the noise level of|How much noise does) {e}( make|)?
machine | {E} was bought for {money}. | The purchase price was {money}. | (What did|How much did|What was the price of) {e}( cost|)?
machine | {E} was (built|made|installed) (in {date}|by {who}). | It was (built|installed) on {date}. | (When was|In which year was) {e} (built|made|installed|put up)?
machine | {E} (makes|produces) {count} parts (an hour|per shift|a day). | The output is {count} parts an hour. | (How many parts|How much|What) does {e} (make|produce|put out)( an hour| per shift|)?
machine | The tank of {e} (holds|has a volume of) {vol}. | The tank holds {vol}. | (How much|How many litres|What) (does|fits into) the tank of {e}( hold|)?
machine | {E} starts with program {code}. | The start program is {code}. | (Which|What) program (starts|is used for|do I load on) {e}?
machine | If {e} (shows|displays) {code}, {act}. | On {code}, {act}. | (What do I do when|What to do if) {e} (shows|displays) (a fault|an error|an alarm)?
machine | {E} is isolated (with|by) a {colour} (lock|padlock|switch). | The main switch is {colour}. | (What colour is|Which colour has) the (lock|padlock|switch) (of|at|for) {e}?
part | {E} are tightened (to|with) {torque}. | Tighten them to {torque}. | (How tight are|To what torque are|What torque for|What is the tightening torque of|How much torque do) {e}( tightened| need| get|)?
part | {E} are (retightened|checked) after {time} of running. | Retighten after {time}. | (When|After how long) are {e} (retightened|checked)?
part | {E} are secured with {fluid}. | They are secured with {fluid}. | (What secures|What are|With what are) {e}( secured| secured with|)?
part | {E} (cost|are priced at) {money} each. | They cost {money} each. | (How much do|What do|What is the price of) {e}( cost|)?
fluid | {E} is mixed (to|with) {pct} (of water|by volume). | Mix it to {pct}. | (What concentration has|How strong is|At what ratio is|In what concentration is) {e}( mixed| used|)?
fluid | (Wear|Use|Put on) {stuff} gloves (for|with|when handling) {e}. | Wear {stuff} gloves. | (Which|What kind of|What) gloves (do I wear|are needed|must be worn|protect) (with|for|against) {e}?
fluid | {E} (keeps|can be stored|is usable) for {long}. | The shelf life is {long}. | (How long can|How long does|What is the shelf life of) {e}( be stored| keep| last|)?
fluid | {E} is (stored|kept) in {where}. | It is kept in {where}. | (Where is|Where do we keep|In which place is) {e}( stored| kept|)?
fluid | {E} (dries|cures|hardens) (in|within) {time}. | It dries in {time}. | (How long does|How fast does|When is) {e} (take to dry|need to cure|dry|cure|hard)?
fluid | Used {e} (goes|is poured|is put) into {where}. | Waste of it goes into {where}. | (Where does|Where do I put|How is) (used|old|waste) {e}( go| disposed of|)?
fluid | (If|When) {e} gets into the (eyes|mouth|skin), {act} and call {who}. | After contact, {act}. | (What do I do if|What happens when|What if) {e} (gets into the eyes|touches the skin|is swallowed)?
fluid | {E} is (delivered|supplied) in {vol} (drums|cans|containers). | It comes in drums of {vol}. | (In what size|In which containers|How) is {e} (delivered|supplied)?
fluid | The pH (value |)of {e} is {count}. | The pH is {count}. | What (is the pH|pH has|pH should) (of|has|) {e}( have|)?
room | {E} (is open|opens) {span}. | It is open {span}. | (When is|When does|At what time does|What are the opening hours of) {e}( open|)?
room | The key (to|of|for) {e} is (kept|held) by {who}. | The key is with {who}. | (Who has|Who keeps|Where is) the key (to|of|for) {e}?
room | (The temperature in|In) {e} (it |)(is|must be) {temp}. | The temperature is {temp}. | (What temperature|How warm|How cold) (must it be|is it|is required|should it be) in {e}?
room | (At most|No more than|Up to) {count} people may be in {e}. | At most {count} people may enter. | How many (people|persons|visitors) (may|can) (be in|enter|use) {e}?
room | {E} is cleaned {day}. | Cleaning is {day}. | (When is|On which day is|On which days is) {e} cleaned?
room | {E} is in {where}. | Find it in {where}. | (Where is|How do I find|Where do I find) {e}?
room | {E} (can be reached|answers) on {ext}. | Call {ext}. | (What is the|Which|What) (telephone |)(number|extension) (has|of|for|do I call for) {e}?
room | (Smoking|Eating|Taking photographs|Using a phone) is forbidden in {e}. | (Smoking|Eating|Drinking) is not allowed. | (What is forbidden|What is not allowed|May I smoke|Can I eat) in {e}?
staff | {E} (have|get|receive) {long} of (leave|holiday) a year. | They have {long} of leave. | (How much|How many days of) (holiday|leave|vacation) do {e} (have|get)?
staff | {E} (start|begin) {clock}. | Work starts {clock}. | (When do|At what time do) {e} (start|begin)( work|)?
staff | {E} wear {colour} (helmets|vests|overalls|badges). | The helmet is {colour}. | (What colour|Which colour) (of helmets|of vests|of overalls|of badges|) do {e} (wear|have)?
staff | {E} (earn|are paid) {money} (an hour|per hour|a day). | The pay is {money} an hour. | (What do|How much do|What is the wage of) {e}( earn| get paid| make|)?
staff | {E} are (trained|instructed) {every}. | The training is repeated {every}. | (How often are|When are|At what interval are) {e} (trained|instructed|taught)?
staff | {E} report to {who}. | They report to {who}. | (To whom do|Who is in charge of|Who leads|Whom do) {e}( report to| answer to|)?
staff | {E} (need|must have) {long} of experience. | It takes {long} of experience. | (How much|How many years of) experience do {e} need?
staff | {E} (get|receive) {count} sets of (clothes|gloves|shoes) a year. | They get {count} sets a year. | How many (sets of clothes|gloves|shoes|sets) do {e} (get|receive)?
staff | {E} (take|have) their break {span}. | The break is {span}. | When (do|is the break of) {e}( have their break| take a break|)?
benefit | The {n} (is|amounts to) {money} (a month|a year|per day). | It is {money} a month. | (How much|How high|What) is the {n}?
benefit | The {n} (is granted|begins|starts) after {long} (in the company|of service). | It begins after {long}. | (When do I get|After how long do I get|When does|From when is there) the {n}( begin| start|)?
benefit | (Apply for|Ask for|Request) the {n} with {form}. | Use {form}. | (Which form|What form|How) (do I|can I|must I) (need|apply|fill in|use) for the {n}?
benefit | The {n} is approved by {who}. | {Who} approves it. | (Who approves|Who signs|Who decides on|By whom is) the {n}( approved|)?
benefit | (The {n} must be requested|Requests for the {n} must arrive) {long} (before|in advance). | Ask {long} in advance. | (How long in advance|How early|How long before) (must|do I have to|should) (I ask for|I request|one apply for) the {n}?
benefit | The {n} is paid (on|out on) {date}. | It is paid on {date}. | (When is|On which day is) the {n} paid( out|)?
benefit | The company (pays|bears|covers) {pct} of the {n}. | The company pays {pct}. | (How much|What share|What part|Which percentage) of the {n} does the company (pay|bear|cover)?
benefit | Questions about the {n} are answered by {who}. | Ask {who}. | (Who answers questions|Whom do I ask|Who can tell me) about the {n}?
doc | {E} is (kept|stored|filed) for {long}. | Keep it for {long}. | (How long is|How long must) {e} (kept|be kept|stored|be filed)?
doc | {E} is signed by {who}. | {Who} signs it. | (Who signs|Who has to sign|Whose signature is on|Who approves) {e}?
doc | {E} (is|must be) (handed in|submitted|sent) (to|at) {who} (within {time}|within {long}). | Hand it in within {long}. | (To whom is|Where is|How soon is|Within what time is|When must) {e} (handed in|submitted|sent|be handed in)?
doc | {E} is valid for {long}. | It is valid for {long}. | (How long is|For how long is) {e} valid?
doc | {E} has the number {code}. | The number is {code}. | (What number|Which number) has {e}?
doc | {E} is (reviewed|revised|updated) {every}. | It is reviewed {every}. | (How often is|When is) {e} (reviewed|revised|updated)?
doc | {E} hangs in {where}. | It hangs in {where}. | (Where is|Where does|Where can I find) {e}( hang|)?
doc | {E} (covers|treats|is about) the (cleaning|testing|storage|packing|transport) of {fluid}. | It covers the (testing|cleaning|packing) of {fluid}. | (What does|What is in|What is covered by) {e}( cover| treat|)?
measure | The {n} (must be|is|may be) (at least|at most|between {count} and|below|above|) {len}. | It must be {len}. | (What|How large|How high|Which) (is|may be|should be|must be) the {n}?
measure,product | The {n} of {x} (must be|is|may not exceed) {len}. | The {n} may not exceed {len}. | (What is|How large may be|What limit is there for|What must be) the {n} of {x}?
measure | The {n} is measured (with|by means of) a {tool}. | Use a {tool} to measure it. | (With what|How|With which tool) (is|do we measure|does one measure) the {n}( measured|)?
measure | The {n} is (checked|measured) {every}. | Check it {every}. | (How often is|When is) the {n} (checked|measured)?
measure | The {n} is (checked|measured) on {count} (parts|pieces|samples) (of each lot|per shift|an hour). | Check {count} parts of each lot. | (How many|On how many) (parts|pieces|samples) (are checked for|is checked for|for) the {n}( checked| measured|)?
product | {E} is made of {stuff}. | It is made of {stuff}. | (What is|Of what material is|Which material is) {e}( made of|)?
product | {E} (weighs|has a weight of) {mass}. | The weight is {mass}. | (How heavy is|What does|What is the weight of) {e}( weigh|)?
product | {E} (has|carries|comes with) a warranty of {long}. | The warranty is {long}. | (How long is|What is) the warranty (on|of|for) {e}?
product | {E} is (packed|shipped) in (boxes|crates|lots) of {count}. | They are packed in boxes of {count}. | (How many|In what lots|How) (are|is) {e} (packed|shipped|in a box)?
product | {E} is tested (at|with) {press} for {time}. | Test it at {press} for {time}. | (At what pressure|How long|How|With what pressure) is {e} tested?
product | {E} is (rejected|scrapped) if {state}. | Scrap it if {state}. | (When is|When do we|In which case is) {e} (rejected|scrapped|scrap)?
product | {E} (costs|is sold for) {money}. | The price is {money}. | (How much|What) (does|is the price of) {e}( cost|)?
product | {E} is painted {colour}. | The paint is {colour}. | (What colour is|In which colour is) {e}( painted|)?
product | {E} is delivered (within|in) {long}. | Delivery takes {long}. | (How long|When|How fast) (is|does the delivery of|does it take to deliver) {e}( delivered| take|)?
event | The {n} (takes place|is held) {day} {clock}. | It takes place {day}. | (When is|When does|On which day is) the {n}( held| take place|)?
event | The {n} takes place in {where}. | We meet in {where}. | (Where is|Where does|In which room is) the {n}( held| take place|)?
event | The {n} (is led|is organised|is run) by {who}. | {Who} leads it. | (Who leads|Who runs|Who organises|Who is responsible for) the {n}?
event | The {n} (is repeated|takes place) {every}. | It is repeated {every}. | (How often is|How often do we have|At what interval is) the {n}( held| repeated|)?
event | The {n} (lasts|takes) {dur}. | It takes {dur}. | (How long is|How long does|How much time does) the {n}( last| take|)?
event | The result of the {n} is entered in {form}. | Enter the result in {form}. | (Where is|In which form is|Which form is for) the result of the {n}( entered| recorded|)?
object | {E} is (handed out|issued|given out) (in|at) {where}. | Collect it at {where}. | (Where do I get|Where can I collect|Where is) {e}( handed out| issued|)?
object | (Every|Each|A new) {n} costs {money}. | A new one costs {money}. | (What does a|How much is a|How much does a new) {n}( cost|)?
object | {E} is (checked|inspected|calibrated) {every}. | The check is {every}. | (How often is|When is|At what interval is) {e} (checked|inspected|calibrated)?
object | (Report|Tell) a lost {n} to {who} (at once|within {time}). | Report a loss to {who}. | (To whom do I report|Who do I tell about|What do I do with|Whom do I tell about) a lost {n}?
object | {E} (is|must be) returned (within {time}|within {long}|to {who}). | Return it within {long}. | (When|How soon|To whom) (must|do I|is) {e} (returned|be returned|to be given back)?
object | {E} (hangs|is kept|lies) in {where}. | It is kept in {where}. | (Where is|Where do I find|Where does) {e}( kept| hang|)?
object | The company (pays|refunds) {money} for (your own|a private) {n}. | The company refunds {money}. | (How much|What) does the company (pay|refund) for (my own|a private|your own) {n}?
object | {E} may be used only (by {who}|with {form}). | Only {who} may use it. | (Who may use|Who is allowed to use|What do I need for|What permit do I need for) {e}?
"""


def parse():
    found = []
    for line in FACTS.strip().split("\n"):
        # " | " parts the columns; a choice has no spaces on both sides of its bar at the outer level
        columns = re.split(r" \| (?![^(]*\))", line)
        assert len(columns) == 4, line
        kinds, sentence, short, question = columns
        found.append((kinds.split(","), sentence, short, question))
    return found


FACTS = parse()
CHOICE = re.compile(r"\(([^()]*)\)")


def choose(rng, text: str) -> str:
    """One of the sentences that a line with choices stands for."""
    while True:
        match = CHOICE.search(text)
        if not match:
            return re.sub(" +", " ", text).strip()
        text = text[: match.start()] + rng.choice(match.group(1).split("|")) + text[match.end() :]
