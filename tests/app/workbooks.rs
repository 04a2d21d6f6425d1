//! A workbook as Excel writes it: values and not formulas, merged cells, notes, and sheets that are hidden.

use serde_json::Value;

use super::support::files::archive;
use super::support::{Folders, Server};

fn workbook() -> Vec<u8> {
    let workbook = r#"<workbook xmlns:r="r"><sheets><sheet name="Torques" sheetId="1" r:id="rId1"/><sheet name="Prices" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>"#;
    let package = r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let related = r#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;
    let text =
        |place: &str, text: &str| format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let formula = |place: &str, formula: &str, value: u32| {
        format!(r#"<c r="{place}"><f>{formula}</f><v>{value}</v></c>"#)
    };
    let row = |number: u32, cells: &[String]| format!(r#"<row r="{number}">{}</row>"#, cells.concat());
    let torques = [
        row(
            1,
            &[
                text("A1", "Bolt"),
                text("B1", "Torque in Nm"),
                text("C1", "Tightened with"),
            ],
        ),
        row(
            2,
            &[
                text("A2", "Flange M8"),
                formula("B2", "20+5", 25),
                text("C2", "the long wrench"),
            ],
        ),
        row(3, &[text("A3", "Flange M10"), formula("B3", "B2*2-1", 49)]),
    ]
    .concat();
    let prices = [
        row(1, &[text("A1", "Bolt"), text("B1", "Price in cents")]),
        row(2, &[text("A2", "Flange M8"), formula("B2", "SUM(4,8)", 12)]),
    ]
    .concat();
    let sheet =
        |rows: &str, more: &str| format!("<worksheet><sheetData>{rows}</sheetData>{more}</worksheet>");
    let beside = r#"<Relationships><Relationship Id="rId1" Type="x/comments" Target="../comments1.xml"/></Relationships>"#;
    let notes = r#"<comments><commentList><comment ref="A3"><text><r><t>Only with the brass washer</t></r></text></comment></commentList></comments>"#;
    archive(&[
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related.as_bytes()),
        (
            "xl/worksheets/sheet1.xml",
            sheet(
                &torques,
                r#"<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>"#,
            )
            .as_bytes(),
        ),
        ("xl/worksheets/sheet2.xml", sheet(&prices, "").as_bytes()),
        ("xl/worksheets/_rels/sheet1.xml.rels", beside.as_bytes()),
        ("xl/comments1.xml", notes.as_bytes()),
    ])
}

/// The first passage that a search finds and that holds these words.
fn holding(server: &Server, query: &str, words: &str) -> Value {
    let found = server.search(query);
    let mut hits = found.as_array().unwrap().iter();
    let hit = hits.find(|hit| hit["text"].as_str().unwrap().contains(words));
    hit.unwrap_or_else(|| panic!("{words}: {found}")).clone()
}

#[test]
fn values_merged_cells_notes_and_hidden_sheets_of_a_workbook_are_found_where_they_stand() {
    let folders = Folders::new();
    folders.write("torques.xlsx", workbook());
    let server = folders.serve();
    server.wait_until_searchable("torques.xlsx");

    // The value and not its formula; what is merged with the row above holds here too.
    let hit = holding(&server, "Flange M10 torque", "Flange M10");
    let text = hit["text"].as_str().unwrap();
    assert!(text.contains("Flange M10 | 49 | the long wrench"), "{text}");
    assert!(!text.contains("B2"), "{text}");
    assert_eq!(hit["locator"]["sheet"], "Torques", "{hit}");
    let answer = server.ask("What is the torque of the flange bolt M10?");
    assert!(answer["quotes"].to_string().contains("49"), "{answer}");

    let note = holding(&server, "brass washer", "brass washer");
    assert!(
        note["text"]
            .as_str()
            .unwrap()
            .contains("A3: Only with the brass washer"),
        "{note}"
    );

    let hidden = holding(&server, "price in cents of flange M8", "12");
    assert_eq!(
        (&hidden["locator"]["sheet"], &hidden["locator"]["hidden"]),
        (&"Prices".into(), &true.into()),
        "{hidden}"
    );
    let page = server.get("/documents/1").1;
    assert!(page.contains("hidden") && !page.contains("SUM("), "{page}");
}
