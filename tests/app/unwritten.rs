//! Where a language model writes nothing: it says that the documents do not tell, has no room, no place or no GPU, or cannot
//! be loaded. The documents' own sentences answer all the same, and a model that wrote before goes on.

use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;

use super::support::encoded;
use super::written::{QUESTION, asked, copier, folders, model, put_in_use, ready, writes};

/// The demonstration copies the sentence that holds most of a question, and this is the one by which a model refuses.
const REFUSED: &str = "What do the documents tell?";

#[test]
fn a_model_that_finds_no_answer_is_believed_and_nothing_of_what_it_wrote_is_streamed() {
    let folders = folders(&["copier"]);
    folders.write("archive.md", "# Archive\n\nThe documents do not tell.\n");
    let server = folders.serve();
    ready(&server);
    server.wait_until_searchable("archive.md");
    writes(&server, "copier");
    let quoted = asked(&server, REFUSED, "quotes").1;
    assert_eq!(
        quoted["verdict"], "answered",
        "the evidence alone lets it through: {quoted}"
    );

    let events = server.stream(REFUSED);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        !names.contains(&"delta") && !names.contains(&"statement"),
        "{events:?}"
    );
    let done = &events.last().unwrap().1;
    assert_eq!(
        (&done["verdict"], &done["generator"], &done["unwritten"]),
        (&"refused".into(), &"copier".into(), &Value::Null),
        "{done}"
    );
    let kept = server.json(&format!("/api/answers/{}", done["id"].as_str().unwrap()));
    assert_eq!(
        (&kept["verdict"], &kept["written"]),
        (&"refused".into(), &Value::Null),
        "{kept}"
    );
    let (status, page) = server.get(&format!("/ask?q={}", encoded(REFUSED)));
    assert_eq!(status, 200);
    for words in [
        "answer-refused",
        "copier found no answer in the passages",
        "The documents do not tell.",
    ] {
        assert!(page.contains(words), "no {words} in {page}");
    }
    // The same model, the same moment: what is no refusal streams.
    let events = server.stream(QUESTION);
    assert!(events.iter().any(|(name, _)| name == "delta"), "{events:?}");
}

#[test]
fn where_no_passage_fits_into_the_window_the_documents_words_answer_and_it_is_said_why() {
    let folders = folders(&["copier"]);
    let server = folders.serve_with(&[
        ("GEMBA_GENERATE_CONTEXT", "100"),
        ("GEMBA_GENERATE_ANSWER_TOKENS", "60"),
    ]);
    ready(&server);
    writes(&server, "copier");
    let (status, answer) = asked(&server, QUESTION, "best");
    assert_eq!(
        (
            status,
            &answer["verdict"],
            &answer["generator"],
            &answer["unwritten"]
        ),
        (200, &"answered".into(), &"quotes".into(), &"window".into()),
        "{answer}"
    );
    assert!(
        answer["quotes"][0]["text"].as_str().unwrap().contains("27 days"),
        "{answer}"
    );
    let (status, refused) = asked(&server, QUESTION, "model");
    assert_eq!(
        (status, &refused["error"]["code"]),
        (422, &"unwritten".into()),
        "{refused}"
    );
    let page = server.get(&format!("/ask?q={}", encoded(QUESTION))).1;
    assert!(
        page.contains("No passage fits into what the language model can read at once"),
        "{page}"
    );
}

/// As on every machine without a GPU build of ONNX Runtime.
#[test]
fn a_gpu_that_is_asked_for_and_absent_is_said_to_be_so_wherever_one_looks() {
    const ABSENT: &str =
        "a GPU was asked for, but the ONNX Runtime that is installed has no CUDAExecutionProvider";
    let folders = folders(&["copier"]);
    let server = folders.serve_with(&[("GEMBA_GENERATE_PROVIDER", "cuda")]);
    ready(&server);
    server.wait_until("the model has failed", |server| {
        model(server)["state"] == "failed"
    });
    let condition = model(&server);
    assert!(
        condition["reason"].as_str().unwrap().contains(ABSENT),
        "{condition}"
    );
    let (status, answer) = asked(&server, QUESTION, "best");
    assert_eq!(
        (status, &answer["generator"], &answer["unwritten"]),
        (200, &"quotes".into(), &"failed".into()),
        "{answer}"
    );
    assert!(
        answer["quotes"][0]["text"].as_str().unwrap().contains("27 days"),
        "{answer}"
    );

    let doctor = |provider: &str| {
        let output = folders
            .command("doctor")
            .env("GEMBA_GENERATE_PROVIDER", provider)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let looked = doctor("cuda");
    let wrong = looked
        .lines()
        .any(|line| line.contains("WRONG") && line.contains(ABSENT));
    assert!(wrong, "{looked}");
    let looked = doctor("cpu");
    assert!(!looked.contains("GPU"), "{looked}");
    let tried = folders.run("models", &["try", "copier", "When?", "--cuda"]);
    assert_eq!((tried.code, tried.output.as_str()), (Some(1), ""), "{tried:?}");
    assert_eq!(tried.errors.trim().lines().count(), 1, "{tried:?}");
    assert!(tried.errors.contains(ABSENT), "{tried:?}");
}

/// As long as it was, so that only loading tells.
fn emptied(file: &Path) {
    let length = fs::metadata(file).unwrap().len();
    fs::write(file, vec![0; usize::try_from(length).unwrap()]).unwrap();
}

fn cut_short(file: &Path) {
    let length = fs::metadata(file).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(length / 2).unwrap();
}

/// With a token that no logit is for; again as long as it was.
fn of_another_model(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(": 5999\n"));
    fs::write(file, text.replace(": 5999\n", ": 9999\n")).unwrap();
}

#[test]
fn a_model_that_cannot_be_loaded_leaves_the_old_one_writing_whatever_is_wrong_with_it() {
    let folders = folders(&["good", "cut", "foreign", "broken"]);
    let imported = folders.run(
        "models",
        &["import", &copier().replace("copier", "tiny"), "--id", "large"],
    );
    assert_eq!(imported.code, Some(0), "{imported:?}");
    let installed = |name: &str| folders.data.path().join("language-models").join(name);
    cut_short(&installed("cut/model.onnx"));
    of_another_model(&installed("foreign/tokenizer.json"));
    emptied(&installed("broken/model.onnx"));
    // Room for the copier twice, and not for 5.6 MB of weights.
    let server = folders.serve_with(&[("GEMBA_GENERATE_MEMORY_MEGABYTES", "6")]);
    ready(&server);
    writes(&server, "good");
    let refused = folders.run("models", &["use", "cut"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.errors.contains("has not the length"), "{refused:?}");
    for (name, reason) in [
        ("large", "MB of memory are free"),
        ("cut", "model.onnx is cut short"),
        ("foreign", "does not belong to this model"),
        ("broken", "model.onnx"),
    ] {
        // By hand, as what `use` refuses may break later.
        fs::write(installed("in-use"), format!("{name}\n")).unwrap();
        server.wait_until(&format!("{name} has failed"), |server| {
            let model = model(server);
            model["state"] == "failed" && model["model"] == name
        });
        let condition = model(&server);
        assert_eq!(condition["instead"], "good", "{condition}");
        assert!(
            condition["reason"].as_str().unwrap().contains(reason),
            "{condition}"
        );
        let (status, answer) = asked(&server, QUESTION, "model");
        assert_eq!((status, &answer["generator"]), (200, &"good".into()), "{answer}");
        let page = server.get("/").1;
        assert!(
            page.contains(&format!("{name} could not be loaded; good goes on writing")),
            "{page}"
        );
    }
    put_in_use(&folders, "good");
    writes(&server, "good");
}

#[test]
fn whoever_comes_when_the_queue_is_full_is_told_to_try_again_or_gets_the_documents_words() {
    let folders = folders(&["copier"]);
    let server = folders.serve_with(&[("GEMBA_GENERATE_ANSWERS", "1"), ("GEMBA_GENERATE_WAITING", "1")]);
    ready(&server);
    writes(&server, "copier");
    let ask = |generator: &'static str| {
        let server = &server;
        move || asked(server, QUESTION, generator)
    };
    let (mut told, mut quoted) = (false, false);
    // An answer is written in a moment, so that a crowd may pass without one who has to go away.
    for _ in 0..40 {
        let answers: Vec<(u16, Value)> = thread::scope(|scope| {
            let asking: Vec<_> = ["model", "best"]
                .into_iter()
                .cycle()
                .take(24)
                .map(|generator| scope.spawn(ask(generator)))
                .collect();
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        for ((status, answer), generator) in answers.iter().zip(["model", "best"].into_iter().cycle()) {
            match (generator, status) {
                ("model", 429) => {
                    assert_eq!(answer["error"]["code"], "busy", "{answer}");
                    told = true;
                }
                ("best", 200) if answer["generator"] == "quotes" => {
                    assert_eq!(answer["unwritten"], "busy", "{answer}");
                    quoted = true;
                }
                (_, 200) => assert_eq!(answer["generator"], "copier", "{answer}"),
                other => panic!("{other:?}: {answer}"),
            }
        }
        if told && quoted {
            break;
        }
    }
    assert!(
        told && quoted,
        "told to try again: {told}; given quotes: {quoted}"
    );
    server.wait_until("nothing is written any more", |server| {
        server.json("/health")["answers"]["writing"] == 0
    });
}
