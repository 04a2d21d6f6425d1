//! A real browser, steered over WebDriver: one chromedriver and one profile a test, gone when the test ends.

use std::io::{BufRead, BufReader, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{RequestData, SessionId};
use tokio::runtime::Runtime;

use super::server::{absolute, wait};
use super::{Server, skipped};

/// What a reader has before them: the size of the window, and what they asked their system for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How many pixels of the screen one of these is wide.
    pub scale: u32,
    /// `prefers-color-scheme: dark`.
    pub dark: bool,
    /// `prefers-contrast: more`.
    pub contrast: bool,
    /// `forced-colors: active`: the system's few colours in place of ours.
    pub forced: bool,
}

impl Look {
    /// A screen on a desk.
    pub const DESK: Self = Self {
        width: 1280,
        height: 900,
        scale: 1,
        dark: false,
        contrast: false,
        forced: false,
    };
    /// A small phone.
    pub const PHONE: Self = Self {
        width: 360,
        height: 780,
        ..Self::DESK
    };
    /// A tablet of 10 inches on a wall, upright,
    pub const TABLET: Self = Self {
        width: 800,
        height: 1280,
        ..Self::DESK
    };
    /// and lying.
    pub const TABLET_LYING: Self = Self {
        width: 1280,
        height: 800,
        ..Self::DESK
    };

    /// The same on a finer screen.
    pub const fn finer(self, scale: u32) -> Self {
        Self { scale, ..self }
    }

    /// The same in dark.
    pub const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same with more contrast.
    pub const fn contrast(self) -> Self {
        Self {
            contrast: true,
            ..self
        }
    }

    /// The same in the system's colours.
    pub const fn forced(self) -> Self {
        Self { forced: true, ..self }
    }
}

/// A browser that shows the pages of one server.
pub struct Chromium {
    runtime: Runtime,
    driver: Option<WebDriver>,
    process: Child,
    /// Where the browser keeps what it writes.
    profile: TempDir,
    address: String,
}

impl Chromium {
    /// Opens a browser as on a desk; none, with a word on it, where no chromedriver is installed.
    pub fn open(server: &Server) -> Option<Self> {
        let profile = TempDir::new().unwrap();
        let mut command = Command::new("chromedriver");
        command
            .arg("--port=0")
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        let mut process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                skipped("there is no chromedriver; appliance/test installs one (Debian: chromium-driver)");
                return None;
            }
            Err(error) => panic!("chromedriver does not start: {error}"),
        };
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                let port = line.split_once("successfully on port ")?.1;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .unwrap_or_else(|| panic!("chromedriver ended before it was ready"));
        thread::spawn(move || lines.for_each(drop));
        let mut browser = Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            driver: None,
            process,
            profile,
            address: server.address.clone(),
        };
        let connected = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities());
        browser.driver = Some(browser.runtime.block_on(connected).unwrap());
        browser.look(Look::DESK);
        Some(browser)
    }

    /// Shows pages to this reader from now on.
    #[track_caller]
    pub fn look(&self, look: Look) {
        let size = json!({
            "width": look.width,
            "height": look.height,
            "deviceScaleFactor": look.scale,
            "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
        let feature = |name: &str, on: bool, value: &str, otherwise: &str| {
            let value = if on { value } else { otherwise };
            json!({ "name": name, "value": value })
        };
        let features = [
            feature("prefers-color-scheme", look.dark, "dark", "light"),
            feature("prefers-contrast", look.contrast, "more", "no-preference"),
            feature("forced-colors", look.forced, "active", "none"),
        ];
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Switches the JavaScript of pages off. What the test itself runs in the page goes on.
    #[track_caller]
    pub fn without_scripts(&self) {
        self.scripts(false);
    }

    /// Switches the JavaScript of pages on or off.
    #[track_caller]
    pub fn scripts(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }

    /// Opens a page and waits until it is loaded. An address that begins with `http://` is one of another server.
    #[track_caller]
    pub fn go(&self, path: &str) {
        self.wait_for(self.driver().goto(absolute(&self.address, path)))
    }

    /// The path and the parameters of the page that is shown.
    #[track_caller]
    pub fn at(&self) -> String {
        let url = self.wait_for(self.driver().current_url());
        url.as_str()
            .strip_prefix(&self.address)
            .unwrap_or(url.as_str())
            .to_owned()
    }

    /// Runs the body of a function in the page; a promise is waited for.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let returned = self.wait_for(self.driver().execute(script, arguments.to_vec()));
        returned.json().clone()
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});"), &[])
    }

    /// The text of the first element that `selector` finds, as it is seen.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        self.wait_for(self.find(selector).text())
    }

    /// The first element that `selector` finds.
    #[track_caller]
    pub fn find(&self, selector: &str) -> WebElement {
        self.wait_for(self.driver().find(By::Css(selector)))
    }

    /// Clicks on the first element that `selector` finds.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.wait_for(self.find(selector).click())
    }

    /// Chooses a file in the field that `selector` finds.
    #[track_caller]
    pub fn choose_file(&self, selector: &str, path: &Path) {
        self.wait_for(self.find(selector).send_keys(path.to_str().unwrap()))
    }

    /// Presses keys, one after another, wherever the focus is.
    #[track_caller]
    pub fn press(&self, keys: impl Into<TypingData>) {
        self.wait_for(self.driver().action_chain().send_keys(keys).perform())
    }

    /// Presses Tab until the focus is on what `selector` finds.
    #[track_caller]
    pub fn tab_to(&self, selector: &str) {
        for _ in 0..80 {
            self.press(Key::Tab);
            if self.value(&format!("document.activeElement.matches({})", json!(selector))) == true {
                return;
            }
        }
        panic!("no way with Tab to {selector} on {}", self.at());
    }

    /// Waits until an expression in the page is true; a page that is just being left counts as not yet.
    #[track_caller]
    pub fn wait_until(&self, expression: &str) {
        let script = format!("return Boolean({expression});");
        let holds = || {
            let asked = self.driver().execute(script.as_str(), Vec::new());
            let returned = self.runtime.block_on(asked);
            returned.is_ok_and(|returned| returned.json() == true)
        };
        assert!(
            wait(holds),
            "waited in vain until {expression} on {}: {}",
            self.at(),
            self.text("body")
        );
    }

    /// The whole page as a picture, in PNG.
    #[track_caller]
    pub fn picture(&self, look: Look) -> Vec<u8> {
        // What stands at the foot of the window is to stand at the foot of the picture.
        const HIGHEST: u64 = 3_000;
        let height = self.value("document.documentElement.scrollHeight").as_u64();
        let height = height.unwrap_or_default().clamp(look.height.into(), HIGHEST);
        self.look(Look {
            height: u32::try_from(height).unwrap(),
            ..look
        });
        let picture = self.wait_for(self.driver().screenshot_as_png());
        self.look(look);
        picture
    }

    /// What the window shows of the page, as a picture in PNG.
    #[track_caller]
    pub fn screen(&self) -> Vec<u8> {
        self.wait_for(self.driver().screenshot_as_png())
    }

    /// Sends a command of the browser's own protocol.
    #[track_caller]
    pub fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let sent = self.driver().cmd(Devtools { command, parameters });
        self.wait_for(sent).body["value"].clone()
    }

    #[track_caller]
    fn wait_for<T>(&self, future: impl Future<Output = WebDriverResult<T>>) -> T {
        match self.runtime.block_on(future) {
            Ok(value) => value,
            Err(error) => panic!("the browser says: {error}"),
        }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = self.runtime.block_on(driver.quit());
        }
        // The group: a browser whose driver hangs goes with it.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
        // Its last process may still be writing.
        let profile = self.profile.path();
        wait(|| std::fs::remove_dir_all(profile).is_ok() || !profile.exists());
    }
}

fn capabilities() -> Capabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    let mut arguments = vec![
        "--headless=new",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--accept-lang=en",
    ];
    if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        arguments.push("--no-sandbox");
    }
    for argument in arguments {
        capabilities.add_arg(argument).unwrap();
    }
    capabilities.into()
}

#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl FormatRequestData for Devtools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(
            reqwest::Method::POST,
            format!("session/{session}/goog/cdp/execute"),
        )
        .add_body(json!({ "cmd": self.command, "params": self.parameters }))
    }
}
