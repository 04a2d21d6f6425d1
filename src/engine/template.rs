//! Chat templates: the messages of a conversation become the text that a model was trained to continue.
//!
//! Templates are Jinja as Hugging Face's `apply_chat_template` runs it: blocks trimmed, Python's string methods, and
//! the functions `raise_exception` and `strftime_now`.

use std::fmt::Write;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, Error, ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::EngineError;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The rules that hold for the whole conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// The chat template of a model, compiled.
#[derive(Debug)]
pub struct ChatTemplate {
    environment: Environment<'static>,
    /// `bos_token`, `eos_token` and their kin, as templates ask for them.
    tokens: serde_json::Map<String, Value>,
    knows_thinking: bool,
}

impl ChatTemplate {
    /// Reads the template of the model in `folder`: `chat_template.jinja`, or what `tokenizer_config.json` says.
    /// A model without a template was not trained to talk, and has none here.
    ///
    /// # Errors
    ///
    /// [`EngineError::Malformed`] names a file that is no JSON, or a template that does not parse.
    pub fn read(folder: &Path) -> Result<Option<Self>, EngineError> {
        let config_path = folder.join("tokenizer_config.json");
        let config: Value = match read(&config_path)? {
            None => Value::Null,
            Some(text) => serde_json::from_str(&text).map_err(|error| malformed(&config_path, &error))?,
        };
        let own_path = folder.join("chat_template.jinja");
        let (path, source) = match read(&own_path)? {
            Some(source) => (own_path, source),
            None => match written_in(&config) {
                Some(source) => (config_path, source.to_owned()),
                None => return Ok(None),
            },
        };
        Self::compile(&source, &config)
            .map(Some)
            .map_err(|error| malformed(&path, &error))
    }

    fn compile(source: &str, config: &Value) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", raise_exception);
        environment.add_function("strftime_now", strftime_now);
        environment.add_filter("tojson", tojson);
        environment.add_template_owned("chat", without_generation_marks(source))?;
        Ok(Self {
            environment,
            tokens: special_tokens(config),
            knows_thinking: source.contains("enable_thinking"),
        })
    }

    /// Whether thinking can be switched on and off with this template.
    pub fn knows_thinking(&self) -> bool {
        self.knows_thinking
    }

    /// The text that ends where the model is to go on. `thinking` is handed on to templates that ask for it.
    ///
    /// # Errors
    ///
    /// [`EngineError::Prompt`] with the template's own words, such as that roles must alternate.
    pub fn render(&self, messages: &[Message], thinking: Option<bool>) -> Result<String, EngineError> {
        let mut context = self.tokens.clone();
        let failed = |reason: String| EngineError::Prompt(reason);
        let messages = serde_json::to_value(messages).map_err(|error| failed(error.to_string()))?;
        context.insert("messages".to_owned(), messages);
        context.insert("add_generation_prompt".to_owned(), Value::Bool(true));
        if let Some(thinking) = thinking {
            context.insert("enable_thinking".to_owned(), Value::Bool(thinking));
        }
        let template = self
            .environment
            .get_template("chat")
            .map_err(|error| failed(error.to_string()))?;
        template
            .render(minijinja::Value::from(Serde(context)))
            .map_err(|error| failed(error.detail().map_or_else(|| error.to_string(), str::to_owned)))
    }
}

fn read(path: &Path) -> Result<Option<String>, EngineError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(EngineError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn malformed(path: &Path, error: &dyn std::error::Error) -> EngineError {
    EngineError::Malformed {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// One template, or a list of named ones of which `default` is meant.
fn written_in(config: &Value) -> Option<&str> {
    match config.get("chat_template")? {
        Value::Array(named) => {
            let default = named
                .iter()
                .find(|one| one.get("name").is_some_and(|name| name == "default"));
            default.or(named.first())?.get("template")?.as_str()
        }
        one => one.as_str(),
    }
}

/// Each `..._token` of the configuration, written as text or as an object with its `content`.
fn special_tokens(config: &Value) -> serde_json::Map<String, Value> {
    let mut tokens = serde_json::Map::new();
    for (name, value) in config.as_object().into_iter().flatten() {
        let text = value
            .as_str()
            .or_else(|| value.get("content").and_then(Value::as_str));
        if let (true, Some(text)) = (name.ends_with("_token"), text) {
            tokens.insert(name.clone(), Value::String(text.to_owned()));
        }
    }
    tokens
}

/// Marks around what the model says are meant for training (a tag of `transformers`' own) and print nothing.
fn without_generation_marks(source: &str) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let Some(length) = rest[start..].find("%}") else {
            break;
        };
        let tag = &rest[start + 2..start + length];
        let word = tag.trim_matches(|character: char| character.is_whitespace() || "+-".contains(character));
        plain.push_str(&rest[..start + 2]);
        match word {
            "generation" => plain.push_str(&tag.replace(word, "if true")),
            "endgeneration" => plain.push_str(&tag.replace(word, "endif")),
            _ => plain.push_str(tag),
        }
        rest = &rest[start + length..];
    }
    plain + rest
}

fn raise_exception(reason: String) -> Result<String, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, reason))
}

fn strftime_now(format: &str) -> Result<String, Error> {
    let mut now = String::new();
    write!(now, "{}", chrono::Local::now().format(format)).map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("{format} is no format of a date"),
        )
    })?;
    Ok(now)
}

/// JSON as Python's `json.dumps` writes it: a space after each comma and colon, and nothing escaped for HTML.
fn tojson(value: &minijinja::Value, options: Kwargs) -> Result<String, Error> {
    let failed = |error: &dyn std::error::Error| Error::new(ErrorKind::BadSerialization, error.to_string());
    let indent: Option<usize> = options.get("indent")?;
    let _: Option<bool> = options.get("ensure_ascii")?;
    options.assert_all_used()?;
    let mut bytes = Vec::new();
    if let Some(indent) = indent {
        let spaces = b" ".repeat(indent);
        let formatter = serde_json::ser::PrettyFormatter::with_indent(&spaces);
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        value.serialize(&mut serializer).map_err(|error| failed(&error))?;
    } else {
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, PythonSeparators);
        value.serialize(&mut serializer).map_err(|error| failed(&error))?;
    }
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

struct PythonSeparators;

impl serde_json::ser::Formatter for PythonSeparators {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(role: Role, content: &str) -> Message {
        Message {
            role,
            content: content.to_owned(),
        }
    }

    fn compiled(source: &str) -> ChatTemplate {
        let config =
            serde_json::json!({"bos_token": {"content": "<s>"}, "eos_token": "</s>", "pad_token": null});
        ChatTemplate::compile(source, &config).unwrap()
    }

    #[test]
    fn python_methods_slices_and_namespaces_work_as_templates_use_them() {
        let template = compiled(
            "{{ bos_token }}\n{% set ns = namespace(n=0) %}\n{% for m in messages[::-1] %}\n    {% set ns.n = ns.n + 1 %}\n\
             {% endfor %}\n{{ ns.n }}{{ ' a b '.strip().split(' ')[-1] }}{{ 'xyz'.startswith('xy') }}\
             {{ messages[0]['content'].rstrip('\\n') }}{{ [1, {'a': '<\u{e9}>'}] | tojson }}",
        );
        let text = template
            .render(&[say(Role::System, "be brief\n"), say(Role::User, "hi")], None)
            .unwrap();
        assert_eq!(text, "<s>\n2bTruebe brief[1, {\"a\": \"<\u{e9}>\"}]");
    }

    #[test]
    fn thinking_is_switched_only_where_the_template_asks_for_it() {
        let source =
            "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}go";
        let template = compiled(source);
        assert!(template.knows_thinking());
        assert_eq!(template.render(&[], None).unwrap(), "go");
        assert_eq!(template.render(&[], Some(true)).unwrap(), "go");
        assert_eq!(template.render(&[], Some(false)).unwrap(), "<think></think>go");
        assert!(!compiled("go").knows_thinking());
    }

    #[test]
    fn a_template_that_refuses_says_why_in_its_own_words() {
        let template = compiled("{{ raise_exception('roles must alternate') }}");
        let error = template.render(&[say(Role::User, "hi")], None).unwrap_err();
        assert!(error.to_string().contains("roles must alternate"), "{error}");
        compiled("{{ strftime_now('%d %b %Y') }}")
            .render(&[], None)
            .unwrap();
        compiled("{{ strftime_now('%!') }}")
            .render(&[], None)
            .unwrap_err();
    }

    #[test]
    fn macros_breaks_and_neighbours_work_as_templates_use_them() {
        let template = compiled(
            "{% macro say(m) %}<{{ m.role }}>{{ m.content }}{% endmacro %}\
             {% for m in messages %}{% if m.role == 'assistant' %}{% continue %}{% endif %}\
             {{ say(m) }}{% if loop.nextitem is defined %}+{% endif %}{% endfor %}",
        );
        let said = [
            say(Role::User, "a"),
            say(Role::Assistant, "b"),
            say(Role::User, "c"),
        ];
        assert_eq!(template.render(&said, None).unwrap(), "<user>a+<user>c");
    }

    #[test]
    fn marks_for_training_print_nothing() {
        let template = compiled("a{%- generation %}b{% endgeneration -%} c{% if true %}d{% endif %}");
        assert_eq!(template.render(&[], None).unwrap(), "abcd");
    }

    #[test]
    fn a_folder_without_a_template_has_none_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ChatTemplate::read(folder.path()).unwrap().is_none());
        let named =
            r#"{"chat_template": [{"name": "default", "template": "{{ eos_token }}"}], "eos_token": "E"}"#;
        std::fs::write(folder.path().join("tokenizer_config.json"), named).unwrap();
        let template = ChatTemplate::read(folder.path()).unwrap().unwrap();
        assert_eq!(template.render(&[], None).unwrap(), "E");
        std::fs::write(folder.path().join("chat_template.jinja"), "{% for %}").unwrap();
        let error = ChatTemplate::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("chat_template.jinja"), "{error}");
    }
}
