//! AsciiDoc, JSON, XML, RTF, subtitles, web archives and books, from files made here.

use super::*;

#[test]
fn asciidoc_gives_sections_lists_tables_and_its_revision() {
    let text = "= Press 4\nQuality Team\nv1.2, 2024-05-01\n:press: P-4\n\nKeep the\nguard closed on {press}.\n\n== Start\n\n. Open the valve\n. Press *green*\n\n* dry\n\nNOTE: Always.\n\n[%header,cols=\"1,1\"]\n|===\n|Part |Torque\n|M8 |25 Nm\n|===\n\n----\nG0 X1\n----\n\n// not for readers\nSee <<lock,the lock>>.\n";
    let (outline, blocks) = read("a.adoc", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Press 4"));
    assert_eq!(outline.properties["version"], "1.2");
    assert_eq!(outline.properties["modified"], "2024-05-01");
    assert_eq!(outline.properties["front.revnumber"], "1.2");
    assert_eq!(outline.properties["front.revdate"], "2024-05-01");
    assert_eq!(
        shown(&blocks),
        [
            "p Keep the guard closed on P-4.",
            "h1 Start",
            "li 1. Open the valve",
            "li 2. Press green",
            "li dry",
            "p NOTE: Always.",
            "row [Part | Torque] M8 | 25 Nm",
            "code G0 X1",
            "p See the lock.",
        ]
    );
}

#[test]
fn json_gives_records_as_rows_under_their_names() {
    let text = r#"{"machine":"P-4","limits":{"pressure":"6 bar","speed":1200},
        "parts":[{"part":"M8","torque":25},{"part":"M10","torque":49,"note":"oiled"}]}"#;
    let (_, blocks) = read("a.json", text.as_bytes()).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "p machine: P-4",
            "h1 limits",
            "p pressure: 6 bar\nspeed: 1200",
            "h1 parts",
            "row [part | torque | note] M8 | 25",
            "row [part | torque | note] M10 | 49 | oiled",
        ]
    );
    assert_eq!(blocks[4].locator.headings, ["parts"]);
    let (_, blocks) = read(
        "a.jsonl",
        b"{\"code\":\"E-1\",\"text\":\"Stop\"}\n{\"code\":\"E-2\",\"text\":\"Go\"}\n",
    )
    .unwrap();
    assert_eq!(shown(&blocks)[1], "row [code | text] E-2 | Go");
}

#[test]
fn xml_gives_titles_sentences_and_records() {
    let text = r#"<?xml version="1.0"?><manual><title>Press 4</title><section><title>Safety</title>
        <para>Never reach in <b>without</b> your lock.</para></section>
        <parts><part no="4711"><name>Bolt</name><torque unit="Nm">25</torque></part>
        <part no="4712"><name>Nut</name><torque unit="Nm">20</torque></part></parts></manual>"#;
    let (_, blocks) = read("a.xml", text.as_bytes()).unwrap();
    assert_eq!(
        shown(&blocks),
        [
            "h1 Press 4",
            "h2 Safety",
            "p Never reach in without your lock.",
            "h2 parts",
            "h3 part",
            "row [no | name | torque] 4711 | Bolt | 25 (unit: Nm)",
            "row [no | name | torque] 4712 | Nut | 20 (unit: Nm)",
        ]
    );
}

#[test]
fn xml_in_a_declared_encoding_is_read() {
    let (bytes, _, _) =
        encoding_rs::GBK.encode("<?xml version=\"1.0\" encoding=\"GB2312\"?><a><p>急停按钮</p></a>");
    assert_eq!(shown(&read("a.xml", &bytes).unwrap().1), ["p 急停按钮"]);
}

#[test]
fn subtitles_give_paragraphs_with_their_times() {
    let text = "1\n00:00:01,000 --> 00:00:03,500\nOpen the <i>valve</i>\n\n2\n00:00:03,600 --> 00:00:06,000\nby hand.\n\n3\n00:01:30,000 --> 00:01:33,000\nThen wait.\n";
    let (_, blocks) = read("a.srt", text.as_bytes()).unwrap();
    assert_eq!(shown(&blocks), ["p Open the valve by hand.", "p Then wait."]);
    assert_eq!(blocks[0].locator.time, Some((1, 6)));
    assert_eq!(blocks[1].locator.time, Some((90, 93)));
    let text =
        "WEBVTT\n\nNOTE made by hand\n\n00:02.000 --> 00:04.000 align:start\n<v Chen Li>设备已停机。\n";
    let (_, blocks) = read("a.vtt", text.as_bytes()).unwrap();
    assert_eq!(shown(&blocks), ["p Chen Li: 设备已停机。"]);
}

#[test]
fn rtf_gives_headings_tables_lists_and_characters_of_every_country() {
    let text = br"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset134 SimSun;}}
        {\stylesheet{\s0 Normal;}{\s1 heading 1;}}{\info{\title Lockout}{\author Li}}{\header SOP-QA-014 Rev C\par}
        \pard\s1 Scope\par\pard\plain M\'fcller says \u8804? 5, \f1 \'c9\'e8\'b1\'b8\f0  off{\deleted  never}.{\footnote See the lock.}\par
        {\listtext 1.\tab}Stop\par{\*\unknown nothing}{\pict 0102}
        \trowd\cellx1\cellx2\intbl Part\cell Torque\cell\row\trowd\cellx1\cellx2\intbl M8\cell 25 Nm\cell\row\pard End\par}";
    let (outline, blocks) = read("a.rtf", text).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Lockout"));
    assert_eq!(outline.properties["author"], "Li");
    assert_eq!(
        shown(&blocks),
        [
            "p SOP-QA-014 Rev C",
            "h1 Scope",
            "p Müller says ≤ 5, 设备 off.",
            "p See the lock.",
            "li 1. Stop",
            "row [Part | Torque] M8 | 25 Nm",
            "p End",
        ]
    );
}

#[test]
fn a_page_kept_by_a_browser_is_read_without_what_belongs_to_it() {
    let text = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><h1>Lockout</h1><p>Stop =E8=AE=BE=E5=A4=87 first.</p></body></html>\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";
    let (outline, blocks) = read("a.mhtml", text.as_bytes()).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Lockout"));
    assert_eq!(shown(&blocks), ["p Stop 设备 first."]);
}

#[test]
fn books_are_read_chapter_by_chapter_in_their_order() {
    let container = r#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#;
    let book = r#"<package><metadata><dc:title>Welding at hand</dc:title><dc:creator>Li</dc:creator></metadata>
        <manifest><item id="two" href="b%201.xhtml" media-type="application/xhtml+xml"/>
        <item id="one" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
        <spine><itemref idref="one"/><itemref idref="two"/></spine></package>"#;
    let bytes = archive(&[
        ("META-INF/container.xml", container),
        ("OEBPS/book.opf", book),
        (
            "OEBPS/b 1.xhtml",
            "<html><body><h1>Seams</h1><p>Clean first.</p></body></html>",
        ),
        (
            "OEBPS/a.xhtml",
            "<html><body><h1>Masks</h1><p>Wear one.</p></body></html>",
        ),
    ]);
    let (outline, blocks) = read("a.epub", &bytes).unwrap();
    assert_eq!(outline.title.as_deref(), Some("Welding at hand"));
    assert_eq!(
        shown(&blocks),
        ["h1 Masks", "p Wear one.", "h1 Seams", "p Clean first."]
    );
}
