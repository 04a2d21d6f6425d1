//! Encryption: certificates that are made and certificates that are given, and proxies before the server.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};

use crate::support::slapd::{certificates, free_port};
use crate::support::{Browser, Folders, encoded};

const PASSWORD: &str = "eleven bolts in a box";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

/// Asks with a browser's means, trusting the certificate of one file and no other.
fn ask(
    trusted: &Path,
    method: reqwest::Method,
    address: &str,
    cookie: &str,
    form: &str,
) -> Result<Answer, reqwest::Error> {
    let trusted = fs::read(trusted).unwrap();
    let client = reqwest::Client::builder()
        .use_rustls_tls()
        .tls_built_in_root_certs(false)
        .add_root_certificate(reqwest::Certificate::from_pem(&trusted).unwrap())
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let request = client
        .request(method, address)
        .header(COOKIE, cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await?,
        })
    })
}

fn sign_in(trusted: &Path, address: &str) -> Answer {
    let form = format!("name=root&password={}", encoded(PASSWORD));
    ask(
        trusted,
        reqwest::Method::POST,
        &format!("{address}/sign-in"),
        "",
        &form,
    )
    .unwrap()
}

/// Folders with an administrator, so that the server listens where it is told at once.
fn set_up() -> Folders {
    let folders = Folders::new();
    let server = folders.serve();
    server.set_up("root", PASSWORD);
    drop(server);
    folders
}

#[test]
fn beyond_this_machine_everything_is_encrypted_with_a_certificate_that_is_kept() {
    let folders = set_up();
    let server = folders.serve_at("0.0.0.0:0");
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    assert_eq!(server.address, format!("https://0.0.0.0:{port}"));
    assert!(
        server
            .printed("From other machines: ")
            .contains(&format!(":{port}/"))
    );
    server.printed("SHA-256 fingerprint:");
    let fingerprint = server.printed("  ");
    let kept = folders.data.path().join("tls");
    let mode = fs::metadata(kept.join("key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let certificate = kept.join("certificate.pem");
    for name in ["localhost", "127.0.0.1"] {
        let address = format!("https://{name}:{port}");
        let answer = ask(
            &certificate,
            reqwest::Method::GET,
            &format!("{address}/sign-in"),
            "",
            "",
        )
        .unwrap();
        assert_eq!(answer.status, 200);
        assert!(
            !answer.headers.contains_key("strict-transport-security"),
            "browsers do not trust it"
        );
        let answer = sign_in(&certificate, &address);
        let cookie = answer.headers[SET_COOKIE].to_str().unwrap().to_owned();
        for part in [
            "__Host-gemba_session=",
            "Secure",
            "HttpOnly",
            "SameSite=Lax",
            "Path=/",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let session = cookie.split(';').next().unwrap();
        let library = |cookie: &str| {
            ask(
                &certificate,
                reqwest::Method::GET,
                &format!("{address}/library"),
                cookie,
                "",
            )
            .unwrap()
            .status
        };
        assert_eq!(library(session), 200);
        assert_eq!(
            library(session.trim_start_matches("__Host-")),
            303,
            "a cookie that could travel in the open"
        );
    }
    drop(server);
    let again = folders.serve_at("0.0.0.0:0");
    again.printed("SHA-256 fingerprint:");
    assert_eq!(again.printed("  "), fingerprint);
    let doctor = folders
        .command("doctor")
        .env("GEMBA_SERVER_ADDRESS", "0.0.0.0:1")
        .output()
        .unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(
        doctor.contains("ok     certificate: made by Gemba") && doctor.contains(&fingerprint),
        "{doctor}"
    );
}

#[test]
fn whoever_makes_the_first_administrator_is_led_to_the_encrypted_pages() {
    let folders = Folders::new();
    let port = free_port();
    let server = folders.serve_at(&format!("0.0.0.0:{port}"));
    assert_eq!(server.address, format!("http://127.0.0.1:{port}"));
    let link = server.printed("Make the first administrator: ");
    let (_, key) = link.split_once("key=").unwrap();
    let made = Browser::new(&server).post(
        "/set-up",
        &[("key", key), ("name", "root"), ("password", PASSWORD)],
    );
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(
        made.body.contains(&format!("https://127.0.0.1:{port}/sign-in")),
        "{}",
        made.body
    );
    assert_eq!(server.printed("ready at "), format!("https://0.0.0.0:{port}/"));
    server.printed("SHA-256 fingerprint:");
    assert!(made.body.contains(&server.printed("  ")), "{}", made.body);
    let answer = sign_in(
        &folders.data.path().join("tls/certificate.pem"),
        &format!("https://127.0.0.1:{port}"),
    );
    assert_eq!(answer.status, 303, "{}", answer.body);
}

#[test]
fn nothing_older_than_tls_1_2_is_spoken() {
    let folders = set_up();
    let server = folders.serve_at("0.0.0.0:0");
    let port: u16 = server.address.rsplit(':').next().unwrap().parse().unwrap();
    let certificate = folders.data.path().join("tls/certificate.pem");
    let trusted = fs::read(&certificate).unwrap();
    for version in [reqwest::tls::Version::TLS_1_2, reqwest::tls::Version::TLS_1_3] {
        let client = reqwest::Client::builder()
            .use_rustls_tls()
            .add_root_certificate(reqwest::Certificate::from_pem(&trusted).unwrap())
            .min_tls_version(version)
            .max_tls_version(version)
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let answer = runtime.block_on(client.get(format!("https://localhost:{port}/sign-in")).send());
        assert_eq!(answer.unwrap().status(), 200);
    }
    // A greeting of TLS 1.1 that offers one cipher suite and nothing newer.
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    // It names a signature and a curve, so that nothing else is amiss.
    hello.extend([0, 16, 0, 13, 0, 4, 0, 2, 4, 3, 0, 10, 0, 4, 0, 2, 0, 23]);
    let mut message = vec![1, 0, 0, hello.len() as u8];
    message.extend(hello);
    let mut record = vec![22, 3, 1, 0, message.len() as u8];
    record.extend(message);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(&record).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(
        (answer[0], answer[6]),
        (21, 70),
        "an alert: protocol version: {answer:?}"
    );
}

#[test]
fn the_company_s_own_certificate_is_used_where_it_is_named() {
    let folders = set_up();
    let own = tempfile::tempdir().unwrap();
    certificates(own.path(), &["localhost"]);
    let server = folders.serve_with(&[
        (
            "GEMBA_SERVER_CERTIFICATE",
            own.path().join("certificate.pem").to_str().unwrap(),
        ),
        ("GEMBA_SERVER_KEY", own.path().join("key.pem").to_str().unwrap()),
    ]);
    assert!(server.address.starts_with("https://"), "{}", server.address);
    let port = server.address.rsplit(':').next().unwrap();
    let answer = ask(
        &own.path().join("ca.pem"),
        reqwest::Method::GET,
        &format!("https://localhost:{port}/"),
        "",
        "",
    )
    .unwrap();
    assert!(
        answer.headers["strict-transport-security"]
            .to_str()
            .unwrap()
            .contains("max-age=")
    );
    assert!(
        !folders.data.path().join("tls").exists(),
        "none is made beside it"
    );
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_before_anything_starts() {
    let folders = Folders::new();
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    certificates(one.path(), &["localhost"]);
    certificates(other.path(), &["localhost"]);
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2020, 2, 3);
    let pair = KeyPair::generate().unwrap();
    let old = one.path().join("old.pem");
    fs::write(&old, params.self_signed(&pair).unwrap().pem()).unwrap();
    let old_key = one.path().join("old-key.pem");
    fs::write(&old_key, pair.serialize_pem()).unwrap();
    let text = one.path().join("text.pem");
    fs::write(&text, "no certificate").unwrap();
    let (certificate, key) = (one.path().join("certificate.pem"), one.path().join("key.pem"));
    let nowhere = one.path().join("nowhere.pem");
    let nothing = std::path::PathBuf::new();
    for (certificate, key, said) in [
        (
            &certificate,
            &nothing,
            "name both server.certificate and server.key",
        ),
        (&nowhere, &key, "server.certificate: "),
        (&text, &key, "in PEM form"),
        (&certificate, &text, "server.key: "),
        (
            &certificate,
            &other.path().join("key.pem"),
            "do not belong together",
        ),
        (&old, &old_key, "ended on 2020-02-03"),
    ] {
        for command in ["serve", "doctor"] {
            let output = folders
                .command(command)
                .env("GEMBA_SERVER_CERTIFICATE", certificate)
                .env("GEMBA_SERVER_KEY", key)
                .output()
                .unwrap();
            let said_all = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(
                !output.status.success() && said_all.contains(said),
                "{command} {said}: {said_all}"
            );
            assert!(!said_all.contains("ready at"), "{said_all}");
        }
    }
}

#[test]
fn only_the_proxies_that_are_named_are_believed() {
    let folders = set_up();
    let plain = folders.serve();
    let proxied = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "192.168.7.7"),
        ("x-forwarded-host", "gemba.plant.example"),
    ];
    let cookies = |server: &crate::support::Server| {
        let mut browser = Browser::new(server);
        let form = [("name", "root"), ("password", PASSWORD)];
        let reply = browser.post_with("/sign-in", &form, &proxied);
        reply.cookies.concat()
    };
    let cookie = cookies(&plain);
    assert!(
        cookie.starts_with("gemba_session=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let account = plain
        .get_with("/account", &[("cookie", cookie.split(';').next().unwrap())])
        .1;
    assert!(
        account.contains("127.0.0.1") && !account.contains("192.168.7.7"),
        "{account}"
    );
    drop(plain);
    let behind = folders.serve_with(&[("GEMBA_SERVER_PROXIES", "10.0.0.1, 127.0.0.1")]);
    let cookie = cookies(&behind);
    assert!(
        cookie.starts_with("__Host-gemba_session=") && cookie.contains("Secure"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap();
    let with =
        |headers: &[(&str, &str)]| behind.get_with("/account", &[headers, &[("cookie", session)]].concat());
    let (status, account) = with(&proxied);
    assert!(status == 200 && account.contains("192.168.7.7"), "{account}");
    assert!(
        !with(&[]).1.contains("192.168.7.7"),
        "without the proxy it is another browser"
    );
    let wrong = behind.get_with("/sign-in", &[("host", "gemba.plant.example")]);
    assert_eq!(wrong.0, 421, "a name that was pointed at this machine");
}

#[test]
fn before_there_is_an_administrator_a_proxy_on_this_machine_brings_in_nobody() {
    let folders = Folders::new();
    let server = folders.serve_with(&[("GEMBA_SERVER_PROXIES", "127.0.0.1")]);
    assert_eq!(server.get("/library").0, 200);
    let brought = server.get_with("/api/library", &[("x-forwarded-for", "192.168.7.7")]);
    assert_eq!(brought.0, 401, "{}", brought.1);
    let pretending = server.get_with("/api/library", &[("x-forwarded-for", "127.0.0.1")]);
    assert_eq!(pretending.0, 401, "{}", pretending.1);
}
