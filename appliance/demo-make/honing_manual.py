"""Owns the English machine manual: machines/bh-320-honing-machine-manual.pdf."""

from pdf_style import Style, write

TITLE = "BH-320 Boring and Honing Machine - Operating Manual"
PAGE = ("page", None)

COVER = [
    ("gap", 40),
    ("title", "BH-320 Boring and Honing Machine"),
    ("h1", "Operating manual"),
    ("gap", 6),
    ("table", ([50, 110], [
        ["Document", "MAN-BH320-EN"],
        ["Edition", "4, March 2025 (replaces edition 3 of June 2021)"],
        ["Machines", "BH-320 no. 1 to 4, Hall A, cell A3"],
        ["Serial numbers", "320-1107, 320-1108, 320-1215, 320-1340"],
        ["Control", "TBC-9, software 5.2 or later"],
        ["Kept at", "Cabinet of cell A3 and document server"],
    ])),
    ("body", "This manual is for operators, setters and maintenance of Tarnbrook Hydraulics. Read chapter 1 "
             "before you work on the machine for the first time. The manual is part of the machine and stays "
             "with it when the machine is moved or sold."),
    PAGE,
]

CONTENTS = [
    ("h1", "Contents"),
    ("table", ([20, 110, 20], [
        ["Chapter", "Subject", "Page"],
        ["1", "Safety", "3"], ["2", "Technical data", "4"], ["3", "Transport and installation", "5"],
        ["4", "Operation", "6"], ["5", "Honing parameters", "7"], ["6", "Honing oil and lubrication", "8"],
        ["7", "Maintenance schedule", "9"], ["8", "Tightening torques on the machine", "10"],
        ["9", "Troubleshooting", "11"], ["10", "Spare parts", "12"],
    ])),
    ("h2", "What the machine is for"),
    ("body", "The BH-320 skives, rolls and hones the bores of cylinder barrels of carbon steel and stainless "
             "steel. Other use is not intended: in particular, no magnesium, no titanium, and no parts with an "
             "interrupted bore of more than a quarter of the circumference. The machine may be used only with "
             "all guards in place."),
    ("h2", "Signs used in this manual"),
    ("list", ["<b>Danger</b>: ignoring it leads to death or severe injury.",
              "<b>Warning</b>: ignoring it may lead to injury.",
              "<b>Caution</b>: ignoring it may damage the machine or the workpiece.",
              "<b>Note</b>: makes the work easier."]),
    ("h2", "Words"),
    ("body", "<b>Stroke</b> is the path of the honing head along the bore. <b>Over-run</b> is the length by "
             "which the stones leave the bore at each end. <b>Expansion</b> is the movement of the cone which "
             "presses the stones outward. <b>Spark-out</b> means strokes without further expansion at the end "
             "of the cycle."),
    PAGE,
]

SAFETY = [
    ("h1", "1 Safety"),
    ("h2", "1.1 Who may work on the machine"),
    ("body", "Operators have skill level 2 for honing, setters have level 3. Electrical work is done by "
             "electricians only. Trainees work under the eyes of a level 3 setter during their first 80 hours "
             "on the machine."),
    ("h2", "1.2 Emergency stop"),
    ("body", "There are four emergency stop buttons: at the control panel, at the loading side, at the "
             "chip conveyor, and on the hand-held unit. After an emergency stop the honing head stays in the "
             "bore. Retract the expansion with key F7 before you move the stroke axis, otherwise the stones "
             "break."),
    ("h2", "1.3 Protective equipment"),
    ("body", "Wear safety shoes class S3, safety glasses, and hearing protection while the machine is in its "
             "cycle. Gloves are allowed for loading, but never while the spindle is turning. Long hair is "
             "tied up; rings and watches are taken off."),
    ("h2", "1.4 Dangerous energies"),
    ("body", "<b>Danger.</b> The clamping unit has a 4 litre accumulator that stays under pressure when the "
             "machine is switched off. For repair, lock the machine out according to SAF-003: the main isolator "
             "Q1 is on the left side of the cabinet. After opening the drain valve, wait until gauge P3 shows "
             "zero. The drives hold a dangerous voltage for 12 minutes after switching off; do not open the "
             "drive cabinet earlier."),
    ("h2", "1.5 Fire"),
    ("body", "Honing oil mist can burn. The extinguishing system releases carbon dioxide into the working "
             "space at 180 °C. Leave the area at once when the horn sounds, and do not open the door for "
             "30 minutes, because the fire may flare up again."),
    PAGE,
]

DATA = [
    ("h1", "2 Technical data"),
    ("h2", "2.1 Working range"),
    ("table", ([80, 80], [
        ["Property", "Value"],
        ["Bore diameter, honing", "40 to 320 mm"],
        ["Bore diameter, skiving and roller burnishing", "50 to 280 mm"],
        ["Workpiece length", "200 to 6,000 mm"],
        ["Workpiece mass", "1,800 kg"],
        ["Outside diameter in the clamp", "60 to 400 mm"],
        ["Straightness required of the raw tube", "0.8 mm per metre"],
    ])),
    ("h2", "2.2 Drives"),
    ("table", ([80, 80], [
        ["Property", "Value"],
        ["Main spindle power", "55 kW"],
        ["Spindle speed, boring", "30 to 800 rev/min"],
        ["Spindle speed, honing", "20 to 300 rev/min"],
        ["Spindle torque, continuous", "1,900 Nm"],
        ["Spindle torque limit (alarm E-4021)", "2,250 Nm"],
        ["Stroke speed", "1 to 35 m/min"],
        ["Expansion force", "up to 12 kN"],
    ])),
    ("h2", "2.3 Supplies"),
    ("table", ([80, 80], [
        ["Supply", "Value"],
        ["Electrical connection", "3 x 400 V, 50 Hz, 125 A"],
        ["Compressed air", "0.6 MPa, 450 l/min, dried"],
        ["Cooling water", "25 l/min, at most 18 °C"],
        ["Honing oil tank", "1,400 l"],
        ["Hydraulic oil tank", "160 l HLP 46"],
        ["Machine mass without tanks", "21.5 t"],
        ["Floor space", "15.8 x 3.6 m"],
    ])),
    PAGE,
]

INSTALL = [
    ("h1", "3 Transport and installation"),
    ("h2", "3.1 Transport"),
    ("body", "The bed is lifted by four slings of at least 6 t each at the marked eyes; the angle between the "
             "slings must stay under 60 degrees. The transport locks of the stroke carriage (two red brackets) "
             "stay in place until the machine has been levelled. Keep the brackets: they are needed for every "
             "later move."),
    ("h2", "3.2 Foundation"),
    ("body", "The foundation is a reinforced slab at least 450 mm thick, of concrete C30/37, separated from "
             "the hall floor by a joint of 20 mm. Let it harden for 28 days before the machine is put on it. "
             "A crane gangway or a press within 12 m makes vibration damping necessary."),
    ("h2", "3.3 Levelling"),
    ("body", "The bed stands on 14 levelling shoes. Level it with a machine level of 0.02 mm/m: first "
             "lengthways, then across. The permitted deviation is 0.03 mm/m in both directions. Then tighten "
             "the M20 anchor bolts crosswise to 320 Nm. Repeat the levelling after 4 weeks and after one year, "
             "because a new foundation settles."),
    ("h2", "3.4 Connecting"),
    ("body", "The cross-section of the supply line is 50 mm². A residual current device in the supply must be "
             "of type B with 300 mA. Check the direction of rotation at pump M2: the arrow must agree. Fill the "
             "hydraulic tank through the filter trolley only; new oil from the drum is not clean enough."),
    ("h2", "3.5 Acceptance"),
    ("body", "After installation, hone three test tubes of 80 mm bore and 1,000 mm length. The machine is "
             "accepted when the roundness is within 0.006 mm, the cylindricity within 0.015 mm and the surface "
             "Ra between 0.2 and 0.4 µm on all three. The record is QF-205."),
    PAGE,
]

OPERATION = [
    ("h1", "4 Operation"),
    ("h2", "4.1 Switching on"),
    ("steps", ["Turn main isolator Q1 to ON and wait until the control shows the start page.",
               "Open the air and cooling water valves.",
               "Press <i>Control on</i>, then <i>Hydraulics on</i>. The clamp pressure must reach 8 MPa within "
               "15 seconds.",
               "Reference the axes with key F2: expansion first, then stroke, then spindle.",
               "Run the warm-up program O9001 for 20 minutes if the machine has stood for more than 8 hours."]),
    ("h2", "4.2 Loading"),
    ("body", "Put the tube on the V-blocks with crane K1 and two textile slings. Clean both ends. The tube must "
             "project at least 25 mm beyond each clamp. Close the clamp with the foot pedal; for tubes with a "
             "wall thinner than 6 mm reduce the clamp pressure to 4.5 MPa, otherwise the bore becomes oval."),
    ("h2", "4.3 Setting the stroke"),
    ("body", "Enter the bore length and the stone length. The control proposes an over-run of one third of the "
             "stone length at each end. Blind bores have no over-run at the closed end: choose mode B and a "
             "dwell of 1.5 seconds there."),
    ("h2", "4.4 First part"),
    ("body", "Hone the first part with half the expansion feed. Measure the bore at three depths and in two "
             "directions, and enter the difference as a correction with key F5. The air gauge is calibrated at "
             "the start of every shift with ring gauges RG-80 and RG-160."),
    ("h2", "4.5 Switching off"),
    ("body", "Retract the expansion, move the head out of the bore, lower the clamp pressure, press "
             "<i>Control off</i>, and turn Q1 to OFF. At the end of the week leave the oil mist extraction "
             "running for another 10 minutes."),
    PAGE,
]

PARAMETERS = [
    ("h1", "5 Honing parameters"),
    ("body", "The table gives starting values for barrels of St52 (1.0580) with a stock of 0.15 mm on the "
             "diameter. For stainless steel take 70 percent of the spindle speed. The crossing angle of the "
             "honing marks should lie between 40 and 60 degrees."),
    ("table", ([24, 28, 28, 28, 30, 26], [
        ["Bore (mm)", "Spindle speed (rev/min)", "Stroke speed (m/min)", "Stones per head",
         "Expansion feed (µm/stroke)", "Spark-out (strokes)"],
        ["40", "240", "18", "4", "0.8", "6"], ["63", "170", "18", "4", "1.0", "6"],
        ["80", "140", "20", "6", "1.2", "8"], ["100", "115", "20", "6", "1.4", "8"],
        ["125", "95", "22", "6", "1.5", "8"], ["160", "75", "22", "8", "1.6", "10"],
        ["200", "60", "24", "8", "1.8", "10"], ["250", "48", "24", "10", "2.0", "12"],
        ["320", "38", "25", "12", "2.0", "12"],
    ])),
    ("h2", "5.1 Stones"),
    ("table", ([34, 44, 40, 40], [
        ["Stone", "Use", "Grit", "Surface reached (Ra)"],
        ["HS-80", "roughing", "80", "1.0 to 1.6 µm"],
        ["HS-150", "pre-finishing", "150", "0.5 to 0.8 µm"],
        ["HS-280", "finishing", "280", "0.2 to 0.4 µm"],
        ["HS-500P", "plateau", "500", "0.1 to 0.2 µm"],
    ])),
    ("body", "New stones are run in on a scrap tube for 15 strokes at 30 percent of the expansion feed. A set is "
             "changed when less than 2.5 mm of stone height is left, always as a complete set."),
    ("h2", "5.2 Skiving and roller burnishing"),
    ("body", "The combined tool takes 0.4 to 1.0 mm on the diameter at 180 m/min cutting speed and a feed of "
             "1.6 mm per revolution. The rollers are set 0.03 mm larger than the finished bore. Rollers are "
             "replaced after 1,200 metres of tube, or when the surface shows spiral marks."),
    PAGE,
]

LUBRICATION = [
    ("h1", "6 Honing oil and lubrication"),
    ("h2", "6.1 Honing oil"),
    ("body", "Only honing oil HO-7 with a viscosity of 7 mm²/s at 40 °C may be used. Emulsion in the honing oil "
             "destroys the bond of the stones. The oil temperature is kept at 22 °C by the chiller; a change of "
             "5 °C alters a 200 mm bore by 0.011 mm. The paper band filter separates particles above 15 µm; a "
             "magnet drum in front of it takes out the steel."),
    ("body", "The oil is changed after 4,000 operating hours or when the content of foreign oil exceeds "
             "10 percent. At the change, clean the tank and change both suction strainers."),
    ("h2", "6.2 Lubrication plan"),
    ("table", ([14, 50, 46, 24, 30], [
        ["No.", "Point", "Lubricant", "Amount", "Interval"],
        ["1", "Stroke carriage guideways", "CGLP 68, central lubrication", "6 l tank", "refill weekly"],
        ["2", "Ball screw of the expansion", "Grease KP2K-20", "8 g", "500 hours"],
        ["3", "Spindle bearing, front", "Grease GE-15", "25 g", "2,000 hours"],
        ["4", "Spindle gearbox", "Gear oil CLP 150", "18 l", "4,000 hours"],
        ["5", "Steady rest rollers", "Grease KP2K-20", "4 g each", "200 hours"],
        ["6", "Chip conveyor chain", "Chain oil", "by brush", "monthly"],
        ["7", "Joints of the loading arm", "Grease KP2K-20", "3 g each", "500 hours"],
    ])),
    ("h2", "6.3 Mistakes that cost bearings"),
    ("body", "Never mix grease GE-15 with KP2K-20: the thickeners react and the mixture runs out of the bearing. "
             "Too much grease is as bad as too little, because the front bearing then runs hot; the limit is "
             "70 °C at sensor T6. After greasing, let the spindle run for 30 minutes at 100 rev/min."),
    ("h2", "6.4 Hydraulic oil"),
    ("body", "The clamp hydraulics use HLP 46. Change the oil every 6,000 hours, and the filter element 32-0415 "
             "every 1,500 hours or when the indicator pin comes out. The accumulator of the clamp is pre-charged "
             "with nitrogen to 5 MPa; check it every 12 months."),
    PAGE,
]

MAINTENANCE = [
    ("h1", "7 Maintenance schedule"),
    ("table", ([26, 88, 28, 22], [
        ["Interval", "Work", "Who", "Time (min)"],
        ["Every shift", "Clean the door window and the air gauge nozzles; look for oil leaks; empty the chip "
                        "drawer", "Operator", "10"],
        ["Every shift", "Check clamp pressure (8 MPa) and air pressure (0.6 MPa)", "Operator", "2"],
        ["Weekly", "Refill central lubrication; clean the magnet drum; wipe the scale cover", "Operator", "30"],
        ["Monthly", "Test all emergency stops and the door switch S14; record on MF-17", "Setter", "20"],
        ["500 hours", "Grease points 2 and 7; check the tension of the spindle belt (frequency 62 Hz)",
         "Maintenance", "60"],
        ["2,000 hours", "Grease the front spindle bearing; change the cabinet filter mats; check spindle run-out "
                        "(max. 0.015 mm)", "Maintenance", "120"],
        ["4,000 hours", "Change the gearbox oil and the honing oil; replace the wipers of the carriage",
         "Maintenance", "480"],
        ["Yearly", "Check levelling; check the accumulator; back up the control; measure the geometry "
                   "according to QF-205", "Maintenance", "360"],
        ["5 years", "Replace all hydraulic hoses whatever their looks", "Maintenance", "600"],
    ])),
    ("h2", "7.1 Before every maintenance job"),
    ("body", "Lock out the machine (chapter 1.4). Put the honing head down on its rest: the vertical lifting unit "
             "is not self-locking. Catch oil in trays, because even a little on the walkway is a slipping hazard."),
    ("h2", "7.2 Spindle belt"),
    ("body", "The belt is tensioned with the two screws at the motor plate. A new belt is set to 68 Hz and is "
             "re-tensioned to 62 Hz after 50 hours. Belts are replaced as a pair; a mixed pair runs unevenly and "
             "leaves chatter marks in the bore."),
    ("h2", "7.3 Backup of the control"),
    ("body", "Insert the service stick (blue, kept in the safe of maintenance), choose <i>Service &gt; Archive &gt; "
             "Write</i>, and wait for the message <i>Archive complete</i>. The backup takes about 7 minutes. The "
             "buffer battery of the control is replaced every 3 years, with the control switched on."),
    PAGE,
]

TORQUES = [
    ("h1", "8 Tightening torques on the machine"),
    ("body", "These values hold for the places named. They differ from the general torque table of Quality "
             "(QT-001), because fits, seals and materials on the machine are special; in case of doubt the value "
             "on this page holds for the BH-320."),
    ("table", ([72, 26, 30, 36], [
        ["Place", "Screw", "Torque", "Remark"],
        ["Anchor bolts of the bed", "M20", "320 Nm", "crosswise"],
        ["Spindle nose flange", "M16 12.9", "290 Nm", "in two passes"],
        ["Honing head on the drive rod", "M12 10.9", "95 Nm", "clean the cone first"],
        ["Stone holder screws", "M6 8.8", "7 Nm", "thread locker TL-43"],
        ["Coupling of the stroke axis", "M10 10.9", "65 Nm", "no oil on the thread"],
        ["Clamp jaws", "M16 10.9", "180 Nm", "check monthly"],
        ["Motor plate, spindle motor", "M16 8.8", "195 Nm", "after belt tensioning"],
        ["Clamping ring of the steady rest", "M8 8.8", "22 Nm", ""],
        ["Cover of the valve block", "M8 10.9", "30 Nm", "new O-rings"],
        ["Oil drain plug, gearbox", "G 3/4", "80 Nm", "new copper ring"],
    ])),
    ("h2", "8.1 Torque wrenches"),
    ("body", "Use only wrenches with a valid calibration label. Set click wrenches back to the lowest value "
             "after work. For two passes, tighten all screws to 50 percent first and then to the full value, each "
             "time crosswise. Screws of class 12.9 are used once only."),
    ("h2", "8.2 Changing the honing head"),
    ("steps", ["Move the head to the tool change position (key F9) and put the rest under it.",
               "Retract the expansion completely; the display must show 0.000.",
               "Loosen the six M12 screws and pull the head off straight.",
               "Clean both cones with a lint-free cloth; the run-out of the drive rod must not exceed 0.02 mm.",
               "Fit the new head and tighten crosswise to 95 Nm.",
               "Enter the number of the head on page <i>Tool data</i> and reference the expansion anew."]),
    PAGE,
]

TROUBLE = [
    ("h1", "9 Troubleshooting"),
    ("h2", "9.1 Faults in the bore"),
    ("table", ([38, 62, 64], [
        ["Fault", "Cause", "Remedy"],
        ["Bore is tapered", "Over-run unequal at the two ends", "Shift the stroke by half the difference; larger "
                                                               "over-run makes that end wider"],
        ["Bore is barrel-shaped", "Over-run too short at both ends", "Lengthen the over-run by 5 mm steps"],
        ["Bore is oval", "Clamp pressure too high, thin wall", "Reduce the clamp pressure to 4.5 MPa"],
        ["Surface too rough", "Stones too coarse or spark-out too short", "Take HS-280; add 4 spark-out strokes"],
        ["Chatter marks", "Belt loose or mixed belts, steady rest not set", "Tension the belt; set the steady rest"],
        ["Deep single scratches", "Chip in the oil, paper band torn", "Change the paper band and flush for "
                                                                   "10 minutes"],
        ["Stones glaze", "Expansion feed too small, oil wrong", "Raise the feed by 25 percent; check for emulsion"],
    ])),
    ("h2", "9.2 Alarms"),
    ("table", ([20, 60, 84], [
        ["Alarm", "Meaning", "What to do"],
        ["E-4003", "Door interlock open", "Close the door; set the gap of switch S14 to 2 mm at most"],
        ["E-4010", "Honing oil flow too low", "Advance the paper band; reset breaker Q4; normal flow 150 l/min"],
        ["E-4015", "Honing oil too hot", "Check the chiller; the alarm comes at 28 °C"],
        ["E-4021", "Spindle torque limit exceeded", "Retract, dress or change the stones; after three alarms in "
                                                    "one hour call the setter"],
        ["E-4022", "Stroke position error", "Clean the scale; tighten the coupling to 65 Nm"],
        ["E-4028", "Stone wear limit reached", "Change the complete set of stones"],
        ["E-4035", "Workpiece clamp pressure lost", "Lock out, call maintenance (extension 340)"],
        ["E-4040", "Bore gauge signal missing", "Blow out the nozzles; calibrate with ring gauge RG-80"],
    ])),
    ("body", "A power failure during the cycle leaves the head expanded in the bore. Do not pull. Switch on, "
             "acknowledge, retract the expansion with F7, and only then move the stroke out at 2 m/min."),
    PAGE,
]

SPARES = [
    ("h1", "10 Spare parts"),
    ("body", "Wearing parts are in the tool crib of Hall A; other parts are ordered through maintenance. State "
             "the serial number of the machine and the part number."),
    ("table", ([30, 66, 24, 44], [
        ["Part number", "Name", "Stock", "Where"],
        ["32-0107", "Stone set HS-150, bore 80 to 100", "12 sets", "Tool crib, drawer 14"],
        ["32-0108", "Stone set HS-280, bore 80 to 100", "12 sets", "Tool crib, drawer 14"],
        ["32-0119", "Stone set HS-280, bore 160 to 200", "6 sets", "Tool crib, drawer 15"],
        ["32-0230", "Paper band for filter, 1,000 mm x 100 m", "4 rolls", "Oil room"],
        ["32-0415", "Hydraulic filter element", "3", "Maintenance, rack M2"],
        ["32-0533", "Pair of spindle belts", "1 pair", "Maintenance, rack M4"],
        ["32-0541", "Front spindle bearing", "0 (delivery 9 weeks)", "Order"],
        ["32-0612", "Door switch S14", "2", "Maintenance, rack E1"],
        ["32-0777", "Air gauge nozzle set", "2", "Measuring room"],
        ["32-0820", "Seal kit of the clamp cylinder", "2", "Maintenance, rack M2"],
    ])),
    ("h2", "10.1 Disposal"),
    ("body", "Stones that carry metal bond are collected separately in the grey box, since they contain copper "
             "and cobalt. Used paper band is oily waste. When the machine is scrapped, the accumulators are "
             "drilled by maintenance after they have been vented."),
    ("h2", "10.2 Changes since edition 3"),
    ("list", ["Waiting time before opening the drive cabinet raised from 5 to 12 minutes (new drives).",
              "Torque of the honing head on the drive rod changed from 85 to 95 Nm.",
              "Warm-up program O9001 added.",
              "Hoses are replaced after 5 years instead of 6."]),
]


def make(path):
    blocks = (COVER + CONTENTS + SAFETY + DATA + INSTALL + OPERATION + PARAMETERS + LUBRICATION
              + MAINTENANCE + TORQUES + TROUBLE + SPARES)
    write(path, Style(), blocks, TITLE, "Tarnbrook Hydraulics", "MAN-BH320-EN, edition 4")
