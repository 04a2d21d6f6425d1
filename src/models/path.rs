//! Names of files that a hub, an archive or a manifest gives: only those that stay inside their folder are taken.

/// The longest name that is taken.
const LONGEST: usize = 400;

/// `name` with `/` between its parts, if it names a file below the folder that it is relative to.
pub(super) fn inside(name: &str) -> Option<String> {
    if name.len() > LONGEST || name.starts_with('/') || name.contains(['\\', ':']) {
        return None;
    }
    if name.chars().any(char::is_control) {
        return None;
    }
    let parts: Vec<&str> = name
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_not_taken() {
        for name in [
            "../model.onnx",
            "onnx/../../model.onnx",
            "/etc/passwd",
            "..",
            "",
            "./",
            "C:/model.onnx",
            "onnx\\..\\model.onnx",
            "model\n.onnx",
        ] {
            assert_eq!(inside(name), None, "{name:?}");
        }
        assert_eq!(inside("./onnx//model.onnx").as_deref(), Some("onnx/model.onnx"));
        assert_eq!(inside("model..onnx").as_deref(), Some("model..onnx"));
    }
}
