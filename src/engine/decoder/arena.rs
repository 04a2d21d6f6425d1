//! The memory of a cache, and views of it as tensors. All of the engine's `unsafe` about memory is here.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ops::Range;
use std::ptr::NonNull;

use ort::AsPointer;
use ort::memory::{Allocator, MemoryInfo};
use ort::value::{DynTensor, DynValue, TensorElementType};

use super::super::EngineError;

/// A cache line; no vector that ONNX Runtime loads is wider.
const ALIGNMENT: usize = 64;
/// What the system's allocator aligns to by itself. Asked for more, it writes zeros over all of the memory at once.
const USUAL_ALIGNMENT: usize = 16;

/// One tensor of a cache, `[rows, heads, capacity, dim]`.
///
/// Nothing here ever borrows its memory: ONNX Runtime writes to it through views while the arena is held.
#[derive(Debug)]
pub(super) struct Arena {
    allocated: NonNull<u8>,
    layout: Layout,
    /// Where the first row begins: the first cache line in what was allocated.
    memory: *mut u8,
    rows: usize,
    heads: usize,
    capacity: usize,
    /// Bytes of one head at one place.
    place: usize,
    dim: usize,
    element: TensorElementType,
}

// SAFETY: the memory belongs to the arena alone; it is read and written only by the thread that runs the session.
unsafe impl Send for Arena {}

impl Arena {
    /// Reserves the memory. The system gives pages of it only when they are first written.
    pub fn new(rows: usize, heads: usize, capacity: usize, dim: usize, element: TensorElementType) -> Self {
        let place = dim * element.byte_size(1).unwrap_or(4);
        let bytes = rows * heads * capacity * place + ALIGNMENT;
        let Ok(layout) = Layout::from_size_align(bytes, USUAL_ALIGNMENT) else {
            panic!("a cache of {bytes} bytes is larger than any memory")
        };
        // SAFETY: the layout is not empty.
        let allocated = unsafe { alloc_zeroed(layout) };
        let Some(allocated) = NonNull::new(allocated) else {
            handle_alloc_error(layout)
        };
        let skipped = allocated.as_ptr().align_offset(ALIGNMENT);
        Self {
            allocated,
            layout,
            // SAFETY: at most a cache line is skipped, which was allocated beyond what the rows need.
            memory: unsafe { allocated.as_ptr().add(skipped) },
            rows,
            heads,
            capacity,
            place,
            dim,
            element,
        }
    }

    fn row_bytes(&self) -> usize {
        self.heads * self.capacity * self.place
    }

    /// Rows `rows` as a tensor that shares their memory.
    ///
    /// # Safety
    ///
    /// The view, and whatever it is bound to, is dropped before the arena, and is used by the arena's thread alone.
    pub unsafe fn view(&self, rows: Range<usize>) -> Result<DynTensor, EngineError> {
        let bytes = rows.len() * self.row_bytes();
        assert!(rows.end <= self.rows);
        let dims = [rows.len(), self.heads, self.capacity, self.dim].map(|dim| dim as i64);
        let info = MemoryInfo::default();
        let mut value = std::ptr::null_mut();
        // SAFETY: the bytes lie inside the arena, and are as many as the shape says.
        let status = unsafe {
            (ort::api().CreateTensorWithDataAsOrtValue)(
                info.ptr(),
                self.memory.add(rows.start * self.row_bytes()).cast(),
                bytes,
                dims.as_ptr(),
                dims.len(),
                self.element.into(),
                &mut value,
            )
        };
        // SAFETY: the status came from the runtime.
        unsafe { ort::Error::result_from_status(status) }?;
        let value =
            NonNull::new(value).ok_or_else(|| EngineError::Runtime("a view has no address".to_owned()))?;
        // SAFETY: the value was just made, is a tensor in the processor's memory, and is owned by no one else.
        Ok(unsafe { DynTensor::from_ptr(value, Some(&Allocator::default())) })
    }

    /// Copies the first `fill` places of each head from one row to another.
    pub fn copy(&mut self, from: usize, to: usize, fill: usize) {
        assert!(from < self.rows && to < self.rows && from != to && fill <= self.capacity);
        let head = self.capacity * self.place;
        for at in 0..self.heads {
            // SAFETY: both ranges lie inside the arena, in different rows.
            unsafe {
                let source = self.memory.add(from * self.row_bytes() + at * head);
                let target = self.memory.add(to * self.row_bytes() + at * head);
                std::ptr::copy_nonoverlapping(source, target, fill * self.place);
            }
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout, and its views are gone.
        unsafe { dealloc(self.allocated.as_ptr(), self.layout) }
    }
}

/// Some of the places of each head in one slot of a cache `[slots, heads, places, dim]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'cache> {
    pub cache: &'cache DynValue,
    pub slot: usize,
    pub from: usize,
    pub count: usize,
}

impl Stretch<'_> {
    /// Its slot's dimensions and element type: heads, places, dim.
    fn shape(&self) -> Result<([usize; 3], TensorElementType), EngineError> {
        let odd = || EngineError::Runtime(format!("a cache is {:?}", self.cache.dtype()));
        let dims = self.cache.dtype().tensor_shape().ok_or_else(odd)?;
        let element = self.cache.dtype().tensor_type().ok_or_else(odd)?;
        let [slots, heads, places, dim] = dims[..] else {
            return Err(odd());
        };
        let shape = [heads, places, dim].map(|length| length as usize);
        if self.slot >= slots as usize || self.from + self.count > shape[1] {
            return Err(odd());
        }
        Ok((shape, element))
    }
}

/// Copies of `stretches`, one under the other, as a cache of `length` places. Each ends at the last place; before it are
/// zeros.
pub(super) fn padded(stretches: &[Stretch<'_>], length: usize) -> Result<DynTensor, EngineError> {
    let odd = || EngineError::Runtime("caches do not fit together".to_owned());
    let ([heads, _, dim], element) = stretches.first().ok_or_else(odd)?.shape()?;
    let place = dim * element.byte_size(1).ok_or_else(odd)?;
    let mut whole = DynTensor::new(
        &Allocator::default(),
        element,
        [stretches.len(), heads, length, dim],
    )?;
    let target = whole.data_ptr_mut().cast::<u8>();
    for (slot, stretch) in stretches.iter().enumerate() {
        let (shape, its) = stretch.shape()?;
        if (shape[0], shape[2], its) != (heads, dim, element) || stretch.count > length {
            return Err(odd());
        }
        let source = data(stretch.cache)?;
        let gap = length - stretch.count;
        for head in 0..heads {
            // SAFETY: both tensors hold as many bytes as their shapes say, and are different ones; `shape` checks that
            // the stretch lies inside the source, and the target has `length` places for each head of each slot.
            unsafe {
                let from = ((stretch.slot * heads + head) * shape[1] + stretch.from) * place;
                let to = target.add((slot * heads + head) * length * place);
                std::ptr::write_bytes(to, 0, gap * place);
                std::ptr::copy_nonoverlapping(source.add(from), to.add(gap * place), stretch.count * place);
            }
        }
    }
    Ok(whole)
}

/// Some of the numbers of an f16 tensor.
pub(super) fn half_floats(value: &DynValue, wanted: Range<usize>) -> Result<Vec<f32>, EngineError> {
    let there = value
        .dtype()
        .tensor_shape()
        .map_or(0, |shape| shape.num_elements());
    if wanted.end > there || value.dtype().tensor_type() != Some(TensorElementType::Float16) {
        return Err(EngineError::Runtime(format!(
            "no f16 numbers are in {:?}",
            value.dtype()
        )));
    }
    let numbers = data(value)?.cast::<u16>();
    // SAFETY: the tensor is of 16-bit numbers and has `there` of them; it is borrowed as long as the slice is used.
    let numbers = unsafe { std::slice::from_raw_parts(numbers.add(wanted.start), wanted.len()) };
    Ok(numbers
        .iter()
        .map(|bits| half::f16::from_bits(*bits).to_f32())
        .collect())
}

/// Where a tensor of the processor's memory lies.
fn data(value: &DynValue) -> Result<*const u8, EngineError> {
    let mut address = std::ptr::null_mut();
    // SAFETY: the value is alive; the runtime refuses one that is no tensor.
    let status = unsafe { (ort::api().GetTensorMutableData)(value.ptr().cast_mut(), &mut address) };
    // SAFETY: the status came from the runtime.
    unsafe { ort::Error::result_from_status(status) }?;
    Ok(address.cast())
}
