//! Opens the session of a decoder: threads, optimisation and execution provider.

use ort::AsPointer;
use ort::environment::Environment;
use ort::ep::ExecutionProvider;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

use super::super::{EngineError, ModelShape};

/// Where the graph is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Provider {
    /// On the processor.
    #[default]
    Cpu,
    /// On an Nvidia GPU, with a GPU build of ONNX Runtime.
    Cuda,
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

/// Loads the graph and its weights.
pub(super) fn open(
    environment: &Environment,
    shape: &ModelShape,
    threads: Threads,
    provider: Provider,
) -> Result<Session, EngineError> {
    let mut builder = Session::builder(environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(threads.0)?
        // A pattern is kept for each shape that was ever run, and the mask of each step has a new one.
        .with_memory_pattern(false)?;
    if provider == Provider::Cuda {
        if !Cuda::is_available()? {
            return Err(EngineError::NoGpu(Cuda::NAME));
        }
        Cuda.register(&mut builder)?;
    }
    Ok(builder.commit_from_file(&shape.file)?)
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
