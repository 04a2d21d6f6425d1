"""Owns the Word documents: SOP-QA-014 (English, final inspection) and SOP-QA-021 (Chinese, gauges)."""

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

H, P, L, N, T = "heading", "paragraph", "list", "numbered", "table"

SOP_014 = [
    ("title", "SOP-QA-014 Final inspection of hydraulic cylinders"),
    (T, [["Document number", "SOP-QA-014"], ["Revision", "Rev C"], ["Effective from", "1 September 2025"],
         ["Replaces", "Rev B of 14 February 2023"], ["Department", "Quality, Tarnbrook site"],
         ["Approved by", "Quality manager"]]),
    (H, "1 Purpose and scope"),
    (P, "This procedure describes how finished hydraulic cylinders of series TC-160, TC-250 and TC-350 are "
        "inspected before they are painted and packed. It applies to all cylinders assembled in Hall B, "
        "including repaired cylinders. Prototype cylinders are inspected according to their test plan instead."),
    (H, "2 Responsibilities"),
    (P, "The inspector on duty carries out the inspection and decides on release. The assembler presents the "
        "cylinder clean, dry, and with the routing card. An assembler never inspects a cylinder that he or she has "
        "assembled. The quality engineer decides in all cases in which this procedure gives no answer."),
    (H, "3 Sampling"),
    (P, "Every cylinder undergoes the pressure test and the visual inspection. Dimensions are checked on a sample:"),
    (T, [["Lot size", "Sample (dimensions)", "Accept", "Reject"],
         ["1 to 8", "all", "0", "1"], ["9 to 25", "8", "0", "1"], ["26 to 90", "13", "0", "1"],
         ["91 to 150", "20", "1", "2"], ["151 to 280", "32", "1", "2"]]),
    (P, "After a rejected lot, the next five lots of the same drawing number are inspected at 100 percent. Safety "
        "characteristics, marked on the drawing with a triangle, are always checked on every cylinder."),
    (H, "4 Equipment"),
    (P, "Only equipment with a valid calibration label may be used. Cylinders and gauges stay in the inspection area "
        "for at least 4 hours before measuring, so that they reach 20 °C plus or minus 2 °C."),
    (T, [["Characteristic", "Equipment", "Resolution"],
         ["Rod diameter", "Micrometer 25 to 150 mm", "0.001 mm"],
         ["Retracted length and stroke", "Steel tape class I, or laser", "0.5 mm"],
         ["Chrome thickness", "Magnetic gauge CT-2", "1 µm"],
         ["Roughness of the rod", "Roughness tester RT-10", "0.01 µm"],
         ["Thread of the ports", "Go / no-go plug gauges", "-"],
         ["Tightening of the gland nut", "Torque wrench 200 to 1,000 Nm", "5 Nm"]]),
    (H, "5 Inspection steps"),
    (H, "5.1 Visual inspection", 2),
    (P, "Look at the cylinder under light of at least 1,000 lux. Weld seams are free of cracks, pores and undercuts "
        "deeper than 0.5 mm. The rod has no dents, scratches or rust. One scratch along the rod is accepted if it "
        "cannot be felt with the fingernail and lies within 30 mm of the rod end."),
    (H, "5.2 Dimensions", 2),
    (P, "Measure the rod diameter at three places, each time in two directions. The stroke may deviate by plus 2 mm "
        "and minus 0 mm from the drawing for strokes up to 1,000 mm, and by plus 3 mm above. Chrome thickness is at "
        "least 20 µm, and at least 40 µm for the marine version with suffix -M."),
    (P, "The roughness Ra of the rod lies between 0.1 and 0.25 µm. A rod which is too smooth is rejected as well, "
        "because it holds no oil film and the seal runs dry."),
    (H, "5.3 Gland nut", 2),
    (P, "Check the tightening torque of the gland nut on every tenth cylinder by turning on in the tightening "
        "direction. The value must be at least 90 percent of the nominal torque of table QT-001, sheet Gland. If one "
        "nut is below, all cylinders since the last good check are checked. After the check, mark nut and barrel "
        "with a line of yellow paint."),
    (H, "5.4 Pressure test", 2),
    (P, "The proof pressure is 1.5 times the rated pressure. Cycle the cylinder five times without load to remove the "
        "air. Then apply the proof pressure to each side in turn, and hold it."),
    (T, [["Series", "Rated pressure", "Proof pressure", "Holding time", "Permitted pressure drop"],
         ["TC-160", "16 MPa", "24 MPa", "3 minutes", "0.2 MPa"],
         ["TC-250", "25 MPa", "37.5 MPa", "5 minutes", "0.3 MPa"],
         ["TC-350", "35 MPa", "52.5 MPa", "10 minutes", "0.5 MPa"]]),
    (P, "A film of oil on the rod after the test is normal; a drop that falls is not. The oil used has cleanliness "
        "class 16/14/11 according to ISO 4406 or better."),
    (H, "5.5 Cleanliness and closing", 2),
    (P, "Drain the cylinder, blow the ports out, and close them with steel plugs for sea freight and with yellow plastic "
        "plugs for all other transport. The residual oil is at most 50 ml for each metre of stroke."),
    (H, "6 Decision and marking"),
    (L, ["Released: green label QF-029 with the stamp of the inspector.",
         "Rework: red label QF-030 with the number of the defect; the cylinder goes back to assembly and is inspected "
         "anew in full.",
         "Concession: only with the written consent of the customer, entered under the number of the concession."]),
    (P, "The serial number is engraved after release, never before. It consists of two digits for the year, two for the "
        "week, and a running number of four digits."),
    (H, "7 Records"),
    (P, "The inspection report QF-112 is stored electronically under the serial number. Records are kept for 10 years, "
        "those of cylinders for lifting gear for 15 years. Measured values are written as numbers; a tick is not enough."),
    (H, "8 Revision history"),
    (T, [["Revision", "Date", "Change"],
         ["Rev A", "3 May 2020", "First issue"],
         ["Rev B", "14 February 2023", "Series TC-350 added; sampling table changed"],
         ["Rev C", "1 September 2025", "Lower limit for rod roughness added; holding time of TC-350 raised from 5 to "
                                       "10 minutes; temperature soak of 4 hours"]]),
]

SOP_021 = [
    ("title", "SOP-QA-021 量具校准与管理规定"),
    (T, [["文件编号", "SOP-QA-021"], ["版本", "Rev B"], ["生效日期", "2025 年 3 月 1 日"],
         ["编制部门", "质量部计量室"], ["适用工厂", "塔恩液压南河工厂"]]),
    (H, "1 目的和范围"),
    (P, "本规定用于保证全厂在用量具的准确可靠，适用于所有用于产品检验和过程控制的量具、检具和试验仪器。仅作参考用途的"
        "仪表贴白色“仅供参考”标签，不在本规定范围之内。"),
    (H, "2 职责"),
    (P, "计量室负责建立量具台账、编制校准计划、实施内部校准和送外校准。使用部门负责日常维护和按时送检。计量室设在"
        "质量楼二楼，内线 8415。"),
    (H, "3 校准周期"),
    (T, [["量具", "校准周期", "校准方式", "允许误差"],
         ["游标卡尺", "6 个月", "内部", "±0.02 mm"],
         ["外径千分尺", "3 个月", "内部", "±0.004 mm"],
         ["内径百分表", "3 个月", "内部", "±0.015 mm"],
         ["螺纹塞规", "12 个月或使用 2000 次", "送外", "按图纸"],
         ["扭力扳手", "6 个月或使用 5000 次", "内部", "±4%"],
         ["压力传感器", "6 个月", "送外", "0.25 级"],
         ["粗糙度仪", "12 个月", "送外", "±10%"],
         ["三坐标测量机", "12 个月", "送外", "(2.5+L/300) µm"]]),
    (P, "新购量具必须校准合格后才能发放。校准周期可以根据历史记录调整：连续三次校准合格的，周期可延长一半；一次不合格的，"
        "周期缩短一半。"),
    (H, "4 标签"),
    (P, "合格量具贴绿色标签，标签上写明编号、校准日期和下次校准日期。停用量具贴黄色标签，不合格量具贴红色标签并立即收回。"
        "标签脱落或看不清的量具视为未校准，不得使用。"),
    (H, "5 校准环境"),
    (P, "计量室温度为 20±1 °C，相对湿度为 40% 至 60%。量具在校准之前必须恒温 4 小时以上，大型量具恒温 12 小时以上。"),
    (H, "6 超差处理"),
    (P, "校准发现量具超差时，计量员在当天通知质量工程师，追溯自上次校准合格以来用该量具检验过的全部产品。已经发货的产品，"
        "由质量部在 48 小时内评估风险，必要时通知顾客。"),
    (H, "7 使用要求"),
    (L, ["千分尺用完后，两测量面之间留 0.5 mm 左右的间隙，放入盒内。",
         "扭力扳手用完后调回最小刻度。",
         "量具跌落或碰撞之后，不论外观是否损坏，必须送计量室重新校准。",
         "禁止测量正在旋转的工件。"]),
    (H, "8 借用与遗失"),
    (P, "临时借用量具不得超过 7 天。量具遗失的，使用人应当在 24 小时内报告计量室，并按净值的 50% 赔偿。"),
    (H, "9 记录"),
    (P, "校准记录填写在 QF-301 表中，保存期限为 6 年。送外校准的证书由计量室核对后归档，服务机构必须具有国家认可实验室资质。"),
]


def build(blocks, title, path, cjk=False):
    document = Document()
    base = document.styles["Normal"]
    base.font.name, base.font.size = "Calibri", Pt(10.5)
    if cjk:
        base.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    document.core_properties.title = title
    document.core_properties.author = "Tarnbrook Hydraulics"
    for kind, content, *level in blocks:
        if kind == "title":
            document.add_heading(content, 0)
        elif kind == H:
            document.add_heading(content, level[0] if level else 1)
        elif kind == P:
            document.add_paragraph(content)
        elif kind == L:
            for text in content:
                document.add_paragraph(text, style="List Bullet")
        else:
            add_table(document, content)
    document.save(path)


def add_table(document, rows):
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text


def make_sop_014(path):
    build(SOP_014, "SOP-QA-014 Final inspection of hydraulic cylinders, Rev C", path)


def make_sop_021(path):
    build(SOP_021, "SOP-QA-021 量具校准与管理规定", path, cjk=True)
