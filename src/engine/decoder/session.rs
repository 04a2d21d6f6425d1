//! Opens the session of a decoder: threads, optimisation and execution provider.

use ort::AsPointer;
use ort::environment::Environment;
use ort::ep::ExecutionProvider;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

use super::super::{EngineError, ModelShape};
use super::head;

/// Where the graph is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Provider {
    /// On the processor.
    #[default]
    Cpu,
    /// On an Nvidia GPU, with a GPU build of ONNX Runtime.
    Cuda,
}

impl Provider {
    /// Whether the ONNX Runtime that was loaded has it.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoGpu`].
    pub fn check(self) -> Result<(), EngineError> {
        if self == Self::Cuda && !Cuda::is_available()? {
            return Err(EngineError::NoGpu(Cuda::NAME));
        }
        Ok(())
    }
}

/// How many threads compute one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads(pub usize);

impl Default for Threads {
    /// One for each processor that this process may use.
    fn default() -> Self {
        Self(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

/// For which positions of a run a graph gives logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Positions {
    /// For all of them.
    All,
    /// For the last one, whatever is asked.
    Last,
    /// For as many of the last ones as an input of the graph says.
    Asked,
}

/// A graph of more bytes than this holds its weights itself, and is not read to be edited.
const LARGEST_EDITED: u64 = 64 << 20;

/// Loads the graph and its weights.
pub(super) fn open(
    environment: &Environment,
    shape: &ModelShape,
    threads: Threads,
    provider: Provider,
) -> Result<(Session, Positions), EngineError> {
    if shape.pruned_head() {
        let session = builder(environment, threads, provider)?.commit_from_file(&shape.file)?;
        return Ok((session, Positions::Last));
    }
    if shape.names.logits_to_keep.is_none()
        && let Some(edited) = edited(shape)
    {
        let folder = shape.file.parent().unwrap_or(&shape.folder).to_string_lossy();
        let opened = builder(environment, threads, provider)?
            .with_config_entry(EXTERNAL_WEIGHTS, folder)?
            .commit_from_memory(&edited);
        match opened {
            Ok(session) => return Ok((session, Positions::Asked)),
            // The graph as it is still answers, only slower.
            Err(error) => tracing::warn!(%error, "the head of {} stays as it is", shape.file.display()),
        }
    }
    let session = builder(environment, threads, provider)?.commit_from_file(&shape.file)?;
    Ok((session, Positions::All))
}

/// ONNX Runtime's name for where the weights of a model in memory lie.
const EXTERNAL_WEIGHTS: &str = "session.model_external_initializers_file_folder_path";

fn edited(shape: &ModelShape) -> Option<Vec<u8>> {
    let length = std::fs::metadata(&shape.file).ok()?.len();
    let model = (length <= LARGEST_EDITED).then(|| std::fs::read(&shape.file).ok())??;
    head::with_last_positions(&model, &shape.names.logits)
}

fn builder(
    environment: &Environment,
    threads: Threads,
    provider: Provider,
) -> Result<SessionBuilder, EngineError> {
    let mut builder = Session::builder(environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(threads.0)?
        // A pattern is kept for each shape that was ever run, and the mask of each step has a new one.
        .with_memory_pattern(false)?;
    provider.check()?;
    if provider == Provider::Cuda {
        Cuda.register(&mut builder)?;
    }
    Ok(builder)
}

/// CUDA without `ort`'s feature for it, which is about linking and would change the build of everything on `ort`.
struct Cuda;

impl ExecutionProvider for Cuda {
    const NAME: &'static str = "CUDAExecutionProvider";

    fn register(&self, builder: &mut SessionBuilder) -> ort::Result<()> {
        let api = ort::api();
        let mut options = std::ptr::null_mut();
        // SAFETY: the functions are the runtime's own; `options` is released once, after its last use.
        unsafe {
            ort::Error::result_from_status((api.CreateCUDAProviderOptions)(&mut options))?;
            let appended = (api.SessionOptionsAppendExecutionProvider_CUDA_V2)(builder.ptr_mut(), options);
            let appended = ort::Error::result_from_status(appended);
            (api.ReleaseCUDAProviderOptions)(options);
            appended
        }
    }
}
