//! The sheets of workbooks as pages, each as one, where LibreOffice is installed: the cited row is marked on its sheet, and
//! of a long one the part around it is shown.

use std::fs;

use serde_json::Value;

use super::converted::converted;
use super::office::{citation_of, cited, is_there, with};
use super::pictures::{Picture, assert_near, picture};
use super::support::files::archive;
use super::support::printed::{drawn_of, pages_of, place_of};
use super::support::{Folders, Server};

/// A sheet: its name, whether it is hidden, and its rows.
struct Sheet<'sheet> {
    name: &'sheet str,
    hidden: bool,
    rows: Vec<[String; 3]>,
}

fn row(cells: [&str; 3]) -> [String; 3] {
    cells.map(str::to_owned)
}

/// A workbook as Excel writes it.
fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const FORM: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let numbered = || (1..).zip(sheets);
    let types: String = numbered()
        .map(|(number, _)| {
            format!(
                r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{FORM}.worksheet+xml"/>"#
            )
        })
        .collect();
    let names: String = numbered()
        .map(|(number, sheet)| {
            let state = if sheet.hidden { r#" state="hidden""# } else { "" };
            format!(
                r#"<sheet name="{}" sheetId="{number}"{state} r:id="rId{number}"/>"#,
                sheet.name
            )
        })
        .collect();
    let related: String = numbered()
        .map(|(number, _)| {
            format!(
                r#"<Relationship Id="rId{number}" Type="{RELATED}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            )
        })
        .collect();
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{FORM}.sheet.main+xml"/>{types}</Types>"#
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{names}</sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>"#),
        ),
    ];
    for (number, sheet) in numbered() {
        let cell = |(column, at, text): (char, usize, &String)| {
            format!(r#"<c r="{column}{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        };
        let row = |(at, cells): (usize, &[String; 3])| {
            let cells = ('A'..).zip(cells).map(|(column, text)| cell((column, at, text)));
            format!(r#"<row r="{at}">{}</row>"#, cells.collect::<String>())
        };
        let rows: String = (1..).zip(&sheet.rows).map(row).collect();
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!(
                r#"<worksheet xmlns="{MAIN}"><cols><col min="1" max="3" width="24" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ));
    }
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    archive(&parts)
}

fn torques() -> Vec<u8> {
    // On a page that is higher a mark is not much higher than its row.
    let more = (20..40).map(|size| {
        [
            format!("Anchor M{size}"),
            "300 Nm".to_owned(),
            "two crews".to_owned(),
        ]
    });
    let sheet = |name, hidden, rows: &[[&str; 3]]| Sheet {
        name,
        hidden,
        rows: rows.iter().copied().map(row).chain(more.clone()).collect(),
    };
    workbook(&[
        sheet(
            "Tools",
            false,
            &[["Tool", "Hall", "Shelf"], ["Torque wrench", "2", "upper shelf"]],
        ),
        sheet(
            "Prices",
            true,
            &[["Bolt", "Cents", "Supplier"], ["Flange M10", "12", "Ulm works"]],
        ),
        Sheet {
            name: "Empty",
            hidden: false,
            rows: Vec::new(),
        },
        sheet(
            "Torques &amp; more",
            false,
            &[
                ["Bolt", "Torque", "Tightened with"],
                ["Flange M8", "25 Nm", "the short wrench"],
                ["Flange M10", "49 Nm", "the brass washer"],
                ["Flange M12", "85 Nm", "the long wrench"],
            ],
        ),
    ])
}

/// The area that is marked: left, top, right and bottom as shares of the picture.
fn yellow(picture: &Picture) -> [f64; 4] {
    let mut white = Picture {
        width: picture.width,
        height: picture.height,
        pixels: vec![0; picture.pixels.len()],
    };
    let plain = Picture {
        width: picture.width,
        height: picture.height,
        pixels: vec![0; picture.pixels.len()],
    };
    for (pixel, marked) in picture.pixels.chunks(3).zip(white.pixels.chunks_mut(3)) {
        if pixel[0] > 200 && pixel[2] < 120 {
            marked.fill(255);
        }
    }
    white.differs_in(&plain).expect("something is marked")
}

fn row_of(server: &Server, words: &str) -> Value {
    citation_of(server, words, words)
}

/// LibreOffice 7.4 lays out hidden sheets too, later versions do not.
#[test]
fn the_cited_row_of_a_workbook_is_marked_on_its_sheet_also_behind_ones_that_are_hidden_or_empty() {
    if !is_there() {
        return;
    }
    let xlsx = torques();
    for extension in ["xlsx", "ods", "xls"] {
        let content = match extension {
            "xlsx" => xlsx.clone(),
            other => converted(&xlsx, "xlsx", other),
        };
        let (folders, server) = with(&format!("torques.{extension}"), &content);
        let citation = row_of(&server, "Flange M10 | 49 Nm | the brass washer");
        assert_eq!(citation["locator"]["sheet"], "Torques & more", "{citation}");
        let shown = picture(&server, &cited(&citation));
        let pages = pages_of(&folders);
        assert!(pages == 3 || pages == 4, "{pages}");
        assert_row_is_marked(&server, &folders, &citation, pages, &shown);

        let document = format!("/documents/{}?view=pages", citation["document"]);
        let (_, all) = server.get(&document);
        let count = all.matches("<img class=\"page-picture\"").count();
        assert_eq!(count, drawn_of(&folders), "{all}");
        assert!(
            all.contains("Sheet Tools") && all.contains("Sheet Torques &#38; more"),
            "{all}"
        );
        let here = format!(
            "{document}&passage={}&from={}&to={}",
            citation["passage"], citation["span"]["start"], citation["span"]["end"]
        );
        let (_, all) = server.get(&here);
        let last = all.split(&format!("id=\"page-{pages}\"")).nth(1).unwrap();
        assert!(last.contains("id=\"cited\""), "{all}");

        let hidden = row_of(&server, "Flange M10 | 12 | Ulm works");
        assert_eq!(hidden["locator"]["hidden"], true, "{hidden}");
        if pages == 3 {
            assert_eq!(server.get(&cited(&hidden)).0, 404);
        } else {
            let shown = picture(&server, &cited(&hidden));
            assert_row_is_marked(&server, &folders, &hidden, 2, &shown);
            assert!(all.contains("Sheet Prices, hidden"), "{all}");
        }
    }
}

/// The row of `citation` is what is marked on this page of the laid-out workbook.
#[track_caller]
fn assert_row_is_marked(server: &Server, folders: &Folders, citation: &Value, page: i32, shown: &Picture) {
    let plain = picture(
        server,
        &format!("/documents/{}/pages/{page}.png", citation["document"]),
    );
    let row = citation["text"].as_str().unwrap();
    let mut cells = row.split(" | ");
    let [left, top, ..] = place_of(folders, page, cells.next().unwrap());
    let [_, _, right, bottom] = place_of(folders, page, cells.last().unwrap());
    let found = shown.differs_in(&plain).expect("something is marked");
    assert_near(found, [left, top, right, bottom], 0.02);
}

#[test]
fn of_a_long_sheet_the_part_around_the_cited_row_is_shown_large_enough_to_be_read() {
    if !is_there() {
        return;
    }
    let mut rows = vec![row(["Gauge", "Shelf", "Calibrated by"])];
    rows.extend((1..=900).map(|number| {
        let gauge = format!("Gauge G-{number:04}");
        [
            gauge,
            format!("Shelf {}", number % 7),
            format!("Crew {}", number % 11),
        ]
    }));
    let sheet = Sheet {
        name: "Gauges",
        hidden: false,
        rows,
    };
    let (folders, server) = with("gauges.xlsx", &workbook(&[sheet]));
    let citation = row_of(&server, "Gauge G-0617 | Shelf 1 | Crew 1");
    let shown = picture(&server, &cited(&citation));
    assert_eq!(shown.width, 900);
    assert!(shown.height < 1_800, "{} pixels high", shown.height);
    let [_, top, right, bottom] = yellow(&shown);
    assert!(top > 0.2 && bottom < 0.8 && bottom - top < 0.06, "{top} {bottom}");
    assert!(right > 0.5, "{right}");
    assert_eq!(
        fs::read_dir(folders.data.path().join("printed")).unwrap().count(),
        1
    );
}
