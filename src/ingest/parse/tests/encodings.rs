//! Texts in the encodings of other days and countries: long and short, never as rubbish.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1250,
    WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256,
};

use super::*;

const SIMPLIFIED: &str =
    "设备启动前，请检查安全门是否关闭，并确认急停按钮已复位。每班开始时由操作员记录油压和水温。";
const TRADITIONAL: &str =
    "設備啟動前，請檢查安全門是否關閉，並確認急停按鈕已復位。每班開始時由操作員記錄油壓和水溫。";
const JAPANESE: &str =
    "機械を始動する前に、安全扉が閉まっていることを確認してください。非常停止ボタンを解除します。";
const KOREAN: &str = "설비를 시작하기 전에 안전문이 닫혀 있는지 확인하고 비상 정지 버튼을 해제하십시오.";
const RUSSIAN: &str = "Перед запуском станка проверьте, закрыта ли защитная дверь, и снимите блокировку.";
const GREEK: &str = "Πριν από την εκκίνηση ελέγξτε αν η πόρτα ασφαλείας είναι κλειστή.";
const POLISH: &str =
    "Przed uruchomieniem sprawdź, czy osłona jest zamknięta, i zwolnij wyłącznik bezpieczeństwa.";
const GERMAN: &str = "Öldruck prüfen: größer als 4 bar, dann die Düse säubern. Für Rückfragen bitte melden.";
const TURKISH: &str = "Makineyi çalıştırmadan önce güvenlik kapısının kapalı olduğunu kontrol edin ve acil durdurma düğmesini sıfırlayın.";
const HEBREW: &str = "לפני הפעלת המכונה בדקו שדלת הבטיחות סגורה ושחררו את לחצן העצירה.";
const ARABIC: &str = "قبل تشغيل الآلة تأكد من إغلاق باب الأمان ثم حرر زر التوقف في حالات الطوارئ.";
const THAI: &str = "ก่อนเริ่มเครื่องจักรให้ตรวจสอบว่าประตูนิรภัยปิดสนิทแล้วและปลดปุ่มหยุดฉุกเฉิน";

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let unit = |unit: u16| {
            if encoding == UTF_16LE {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        return std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect();
    }
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text} cannot be written in {}", encoding.name());
    bytes.into_owned()
}

const ALL: [(&Encoding, &str); 15] = [
    (GB18030, SIMPLIFIED),
    (BIG5, TRADITIONAL),
    (SHIFT_JIS, JAPANESE),
    (EUC_JP, JAPANESE),
    (EUC_KR, KOREAN),
    (WINDOWS_1251, RUSSIAN),
    (WINDOWS_1253, GREEK),
    (WINDOWS_1250, POLISH),
    (WINDOWS_1252, GERMAN),
    (WINDOWS_1254, TURKISH),
    (WINDOWS_1255, HEBREW),
    (WINDOWS_1256, ARABIC),
    (WINDOWS_874, THAI),
    (UTF_16LE, SIMPLIFIED),
    (UTF_16BE, KOREAN),
];

#[test]
fn sentences_in_every_encoding_are_read_as_they_were_written() {
    for (encoding, text) in ALL {
        let (_, blocks) = read("a.txt", &encoded(encoding, text)).unwrap();
        assert_eq!(shown(&blocks), [format!("p {text}")], "in {}", encoding.name());
    }
}

#[test]
fn long_files_in_every_encoding_are_read_to_their_end() {
    for (encoding, text) in ALL {
        let long: String = (0..4_000).map(|number| format!("{number} {text}\n\n")).collect();
        let (_, blocks) = read("a.txt", &encoded(encoding, &long)).unwrap();
        assert_eq!(blocks.len(), 4_000, "in {}", encoding.name());
        assert_eq!(
            blocks[3_999].text,
            format!("3999 {text}"),
            "in {}",
            encoding.name()
        );
    }
}

#[test]
fn tables_and_short_texts_in_the_encodings_of_asia_are_read() {
    for (encoding, text) in [
        (
            GB18030,
            "零件,扭矩,检查员\n主轴螺栓,二十五,张伟\n导轨,四十九,李娜\n",
        ),
        (BIG5, "零件,扭矩,檢查員\n主軸螺栓,二十五,張偉\n導軌,四十九,李娜\n"),
        (
            SHIFT_JIS,
            "部品,トルク,担当\nボルト,にじゅうご,たなか\nナット,よんじゅう,さとう\n",
        ),
        (
            EUC_KR,
            "부품,토크,담당\n주축볼트,이십오,김철수\n너트,사십구,이영희\n",
        ),
    ] {
        let (_, blocks) = read("a.csv", &encoded(encoding, text)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            blocks.last().unwrap().text,
            lines[2].replace(',', " | "),
            "in {}",
            encoding.name()
        );
    }
    assert_eq!(
        shown(
            &read("a.txt", &encoded(GB18030, "急停按钮已复位，设备可以启动。"))
                .unwrap()
                .1
        ),
        ["p 急停按钮已复位，设备可以启动。"]
    );
}

#[test]
fn names_in_archives_made_elsewhere_are_read() {
    let name = encoded(GB18030, "设备操作规程与安全须知.txt");
    let bytes = archive(&[("XXXXXXXXXXXXXXXXXXXXXXXXXX", "Stop first.")]);
    let placeholder = b"XXXXXXXXXXXXXXXXXXXXXXXXXX";
    assert_eq!(name.len(), placeholder.len());
    let mut bytes = bytes;
    for at in 0..bytes.len() - placeholder.len() {
        if bytes[at..].starts_with(placeholder) {
            bytes[at..at + name.len()].copy_from_slice(&name);
        }
    }
    let (_, blocks) = read("a.zip", &bytes).unwrap();
    assert_eq!(
        blocks[0].locator.part.as_deref(),
        Some("设备操作规程与安全须知.txt")
    );
}
