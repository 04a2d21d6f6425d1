"""Owns the training slides: the English induction and the Chinese seal assembly course."""

from pptx import Presentation
from pptx.util import Inches, Pt

# title, bullet points, table or None, speaker notes
INDUCTION = [
    ("Welcome to Tarnbrook Hydraulics",
     ["Induction for new operators, course TR-01", "Duration: one day, 07:00 to 15:00, training room B2",
      "Bring: staff card, safety shoes, safety glasses"], None,
     "Welcome everybody and check the attendance list TR-01-L. Tell people where the toilets and the fire exits are."),
    ("What we make",
     ["About 38,000 hydraulic cylinders a year", "Three series: TC-160, TC-250 and TC-350",
      "Hall A machining, Hall B assembly and test, Hall C warehouse and dispatch",
      "Customers: cranes, presses, refuse trucks, ship hatches"], None,
     "The number in the name of the series is the rated pressure in bar. Show the cut-open TC-250 on the table."),
    ("Personal protective equipment",
     ["Safety shoes S3 everywhere behind the yellow line", "Safety glasses at all machines and test bays",
      "Hearing protection where the blue sign hangs", "Hair net for hair longer than the collar",
      "No gloves at rotating spindles"], None,
     "The tool crib hands out replacement glasses at any time. Prescription safety glasses are ordered through "
     "the occupational health nurse and take three weeks."),
    ("In an emergency",
     ["Emergency number: extension 111", "First aid: extension 112, room A-004",
      "Defibrillators at gate 1, canteen and test bay 2", "Assembly point for Hall A and B: car park P2",
      "Assembly point for Hall C and offices: lawn at gate 1"], None,
     "The fire alarm is tested on the first Monday of each month at 11:00; nobody has to leave for that test. At "
     "any other time everybody leaves. Shift leaders count heads and report within 5 minutes."),
    ("Lockout in one minute",
     ["Never reach in without your own lock", "Operators use blue locks from the box at the cell",
      "One person, one lock, one key", "Try to start before you begin",
      "Details: SAF-003"], None,
     "This slide is no substitute for the half-day lockout course. Until they have passed it, new operators may not "
     "lock out machines by themselves and call their mentor instead."),
    ("Skill levels",
     ["Your mentor signs each level in the skill card", "Level changes are entered by the shift leader"],
     [["Level", "Meaning", "Needed"], ["1", "works under supervision", "induction"],
      ["2", "works alone", "80 hours and practical test"], ["3", "sets up the machine", "level 2 for 12 months"],
      ["4", "trains others", "level 3 and mentor course"]],
     "The practical test for level 2 takes 90 minutes. It may be repeated once, after two weeks at the earliest."),
    ("Quality at the workplace",
     ["Measure the first part, every tenth part, and the last part of each shift",
      "Write values, not ticks", "A bad part: stop, red label, tell the shift leader",
      "Never rework without a work order", "Gauges with an expired label go to the measuring room"], None,
     "People are not blamed for reporting bad parts. Hiding them is what we cannot accept."),
    ("Tightening screws",
     ["Use the torque on the drawing; if none is given, table QT-001", "Click wrench: pull slowly, stop at the click",
      "Crosswise and in two passes from four screws upward", "Mark the screw with yellow paint when done"], None,
     "Exercise: every participant tightens an M12 screw of class 8.8 to 84 Nm on the test block TB-4. Passed is "
     "anything between 80 and 88 Nm."),
    ("Cleanliness",
     ["Oil class 16/14/11 means: dust you cannot see destroys seals", "Caps stay on ports until the last moment",
      "No rags with lint in Hall B", "5S audit every second Friday"], None,
     "The best cell of the quarter wins a breakfast. A cell passes the 5S audit with 42 of 50 points."),
    ("Your first weeks",
     ["Week 1: induction and walk with your mentor", "Weeks 2 to 4: level 1 at one machine",
      "Talk with the shift leader after 30 days and after 90 days", "The probation period ends after 6 months"], None,
     "Close with the quiz TR-01-Q: 20 questions, passed with 16. Hand in the feedback card."),
]

SEALS = [
    ("密封件装配培训", ["课程编号 TR-12-ZH，时长 4 小时", "对象：二车间装配工", "塔恩液压南河工厂"], None,
     "开课前清点工具：装配锥套、塑料撬棒、油石、放大镜。每人发一套练习件。"),
    ("密封件的种类",
     ["防尘圈：挡住外部灰尘", "活塞杆密封：防止外泄漏", "活塞密封：防止内泄漏", "导向环：承受侧向力，不起密封作用"], None,
     "请学员在剖开的 TC-250 上指出每一种密封件的位置。"),
    ("储存要求",
     ["温度 15 至 25 °C，湿度不超过 65%", "避光，远离电机和焊接区，臭氧会使橡胶开裂", "聚氨酯件保质期 5 年，丁腈橡胶件保质期 7 年",
      "先进先出，禁止挂在钉子上"], None,
     "超过保质期的密封件一律报废，不得延期使用。领料时核对包装袋上的生产季度。"),
    ("装配前检查",
     ["沟槽无毛刺，倒角 15 至 20 度", "用指甲和棉签检查沟槽边缘", "零件经 WM-3 清洗机清洗后 2 小时内装配", "密封件表面无划伤、气泡、飞边"], None,
     "棉签挂丝的位置就是毛刺所在，用油石修掉后重新清洗。"),
    ("加热与涂油",
     ["聚四氟乙烯活塞密封在 80 °C 的油中加热 5 分钟", "装入后用定径套收缩，保持 10 分钟", "密封唇涂 46 号抗磨液压油，禁止使用锂基润滑脂",
      "活塞杆螺纹必须套上装配锥套"], None,
     "锂基润滑脂会使三元乙丙密封件膨胀，本厂发生过一次批量退货。"),
    ("安装方向", ["活塞杆密封的唇口朝向压力侧", "防尘圈的唇口朝外", "双唇防尘圈的内唇朝向油侧"],
     [["密封件", "唇口方向", "专用工具"], ["活塞杆密封 RS-45", "朝向压力侧", "折弯器 ZG-3"],
      ["防尘圈 WP-45", "朝外", "压装头 ZG-5"], ["活塞密封 PS-80", "无方向", "锥套 ZG-8"]],
     "装反活塞杆密封是最常见的错误，占外泄漏返修的三分之一。"),
    ("导向套的拧紧",
     ["TC-160 缸径 63：380 N·m", "TC-250 缸径 100：680 N·m", "TC-350 缸径 160：1150 N·m，使用液压扳手 HT-2",
      "拧紧后在螺母和缸筒上划黄色标记线"], None,
     "扭力扳手每班开工前在校验仪上点检一次，偏差超过 4% 的送计量室。"),
    ("考核",
     ["理论 20 题，答对 16 题为合格", "实操：40 分钟内装配一只 TC-160 缸径 63 的油缸并通过试验", "合格者取得装配上岗证，有效期两年"], None,
     "不合格的学员两周以后可以补考一次，补考仍不合格的调离装配岗位。"),
]


def build(slides, title, path):
    deck = Presentation()
    deck.core_properties.title = title
    deck.core_properties.author = "Tarnbrook Hydraulics"
    for number, (heading, points, rows, notes) in enumerate(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        body = slide.placeholders[1]
        if rows:
            # All four, since setting one alone would make the inherited others zero.
            body.left, body.top, body.width, body.height = Inches(0.5), Inches(1.5), Inches(9), Inches(1.7)
        frame = body.text_frame
        for index, point in enumerate(points):
            paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
            paragraph.text = point
            paragraph.font.size = Pt(24 if number else 28)
        if rows:
            shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(0.6), Inches(3.3), Inches(8.8), Inches(2))
            for r, row in enumerate(rows):
                for c, text in enumerate(row):
                    shape.table.cell(r, c).text = text
        slide.notes_slide.notes_text_frame.text = notes
    deck.save(path)


def make_induction(path):
    build(INDUCTION, "TR-01 Induction for new operators", path)


def make_seals(path):
    build(SEALS, "TR-12-ZH 密封件装配培训", path)
