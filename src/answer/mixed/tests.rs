//! Sentences that mix clauses, and some that only leave out what the passage leaves out too.

use super::*;

fn mixed(says: &str, bearing: &str, others: &[&str]) -> bool {
    let place = Place {
        bearing: vec![bearing],
        is_row: bearing.contains(" | "),
        others: others.to_vec(),
        above: vec!["Staff"],
    };
    mixes(says, &place)
}

#[test]
fn a_figure_goes_with_the_clause_that_holds_it() {
    let kept = "Files are kept for 90 days, mail for 30 days.";
    let holiday = "On Sundays the supplement is 50 percent and on public holidays 100 percent.";
    let shoes = "Everybody has one pair every 12 months; welders may change them every 6 months.";
    let orders = "Order numbers: F1 element 60-3317, F2 element 60-3321.";
    let wages = "夜班津贴为每班 45 元，中班津贴为每班 15 元。";
    let leave = "工作满 1 年不满 10 年的，年休假为 5 天；满 10 年不满 20 年的，年休假为 10 天；满 20 年的，年休假为 15 天。";
    let bolts = "刀座螺钉的力矩为 70 N·m，卡爪螺钉的力矩为 120 N·m，刀片螺钉用扳手，力矩为 3.0 N·m。";
    for (says, bearing, expected) in [
        ("Files are kept for 90 days.", kept, false),
        ("Mail is kept for 30 days.", kept, false),
        ("Files are kept for 90 days and mail for 30.", kept, false),
        ("Mail is kept for 90 days.", kept, true),
        ("Files are kept for 30 days.", kept, true),
        (
            "On public holidays the supplement is 100 percent.",
            holiday,
            false,
        ),
        ("On Sundays the supplement is 100 percent.", holiday, true),
        ("Welders may change their pair every 6 months.", shoes, false),
        ("Welders get one pair every 12 months.", shoes, true),
        ("The order number of the F2 element is 60-3321.", orders, false),
        ("The order number of the F1 element is 60-3321.", orders, true),
        ("中班津贴每班15元。", wages, false),
        ("中班津贴每班45元。", wages, true),
        ("工作满10年不满20年的员工有10天年休假。", leave, false),
        ("刀座螺钉要用70 N·m的力矩。", bolts, false),
        ("刀座螺钉要用120 N·m的力矩。", bolts, true),
    ] {
        assert_eq!(mixed(says, bearing, &[]), expected, "{says} / {bearing}");
    }
}

#[test]
fn what_a_clause_leaves_out_was_said_before_it() {
    let hotels = "Hotels cost at most 120 euro a night; in cities on the list kept by the front office, at most 165 euro.";
    assert!(!mixed(
        "In cities on the front office's list a hotel may cost 165 euro.",
        hotels,
        &[]
    ));
    let card = "The first replacement is free; every further one costs 15 euro.";
    assert!(mixed("The first replacement costs 15 euro.", card, &[]));
    assert!(!mixed(
        "The first replacement costs nothing, every further one 15 euro.",
        card,
        &[]
    ));
    let trips =
        "Trips inside the country are approved by the head of department, trips abroad by the site manager.";
    assert!(!mixed(
        "Trips abroad are approved by the site manager.",
        trips,
        &[]
    ));
    assert!(mixed(
        "Trips inside the country are approved by the site manager.",
        trips,
        &[]
    ));
}

#[test]
fn what_is_spoken_of_first_does_not_stand_in_another_sentence() {
    let lunch = "A hot lunch costs 4.20 euro with the staff card.";
    let breakfast = ["The canteen serves breakfast from 08:30 to 10:15."];
    assert!(mixed(
        "Breakfast costs 4.20 euro with the card.",
        lunch,
        &breakfast
    ));
    assert!(!mixed("A hot lunch costs 4.20 euro.", lunch, &breakfast));
    let checked = "It is checked every 6 months.";
    assert!(!mixed(
        "The pressure is checked every 6 months.",
        checked,
        &["The pressure is 9 MPa."]
    ));
}

#[test]
fn a_word_is_not_put_into_the_place_of_another_beside_the_same_word() {
    let oily = "Oil-soaked clothing goes into the yellow container.";
    let worn = ["Put worn sets into the blue container by noon."];
    assert!(mixed(
        "Clothing soaked with oil goes into the blue container.",
        oily,
        &worn
    ));
    assert!(!mixed(
        "Clothing soaked with oil goes into the yellow container.",
        oily,
        &worn
    ));
}

#[test]
fn a_row_is_about_its_first_cell() {
    let early = "Early | 06:00 | 14:00 | 09:30 - 10:00";
    let late = ["Late | 14:00 | 22:00 | 18:00 - 18:30"];
    assert!(mixed(
        "The break of the late shift is from 09:30 to 10:00.",
        early,
        &late
    ));
    assert!(!mixed(
        "The break of the early shift is from 09:30 to 10:00.",
        early,
        &late
    ));
    let filling = "Delivery of the filling pump | 120 l/min";
    let pressure = ["Delivery of the pressure pump | 18 l/min"];
    assert!(mixed("The pressure pump delivers 120 l/min.", filling, &pressure));
    assert!(!mixed("The filling pump delivers 120 l/min.", filling, &pressure));
}

#[test]
fn a_list_of_thousands_of_clauses_comes_to_an_end_and_its_clauses_are_told_apart_where_few_are_spoken_of() {
    let orders: Vec<String> = (1..=2_000)
        .map(|number| format!("the F{number} element has the order number 60-{}", number + 3_000))
        .collect();
    for list in [orders.join("; ") + ".", orders.join(" and ") + "."] {
        mixed(&list, &list, &[]);
        mixed(
            "The F7 element and the F9 element have order numbers.",
            &list,
            &[],
        );
    }
    let parts: Vec<String> = (1..=2_000).map(|number| format!("part {number} of it")).collect();
    mixed(&parts.join(", "), &parts.join(", "), &[]);
    // Only two of these clauses have anything of what is said.
    let mut mostly_others: Vec<String> = (1..=40).map(|day| format!("shelf {day} stays empty")).collect();
    mostly_others.push("files are kept for 90 days".to_owned());
    mostly_others.push("mail for 30 days".to_owned());
    let list = mostly_others.join("; ");
    assert!(!mixed("Mail is kept for 30 days.", &list, &[]));
    assert!(mixed("Mail is kept for 90 days.", &list, &[]));
}
