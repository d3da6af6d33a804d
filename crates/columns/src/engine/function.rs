//! Which functions of this program can a statement call?
//!
//! What SQL says badly, Rust says once: the check of identifiers with its exact message, and pinyin. Each function takes
//! and gives text; a missing argument is `None`. Knows DuckDB's calling convention, never what is computed.

use std::ffi::CString;

use libduckdb_sys as sys;

use super::error::{EngineError, ErrorKind};
use super::logical::LogicalType;
use super::raw::Handle;
use super::value::Type;
use super::vector::text_at;

/// Computes one cell from its arguments. It must not panic: it is called from C.
pub(super) type Scalar = fn(&[Option<&str>]) -> Option<String>;

/// Makes `name` callable with `n_args` texts in every connection of the database.
///
/// # Errors
/// `Internal` when the database has a function of that name already.
pub(super) fn register(handle: &Handle, name: &str, n_args: usize, scalar: Scalar) -> Result<(), EngineError> {
    let fault = |what: &str| EngineError::new(ErrorKind::Internal, format!("{what}: {name}"));
    let c_name = CString::new(name).map_err(|_| fault("a name with a NUL in it"))?;
    let text = LogicalType::of(&Type::Text)?;
    // SAFETY: every handle passed is live; the name is NUL-terminated and copied by the call. The extra info is a
    // function pointer, valid for the whole run and not owned, so it needs no destructor; `call` reads it back as the
    // same type. Registering copies the function, so destroying ours afterwards is right on both outcomes.
    let state = unsafe {
        let mut function = sys::duckdb_create_scalar_function();
        sys::duckdb_scalar_function_set_name(function, c_name.as_ptr());
        for _ in 0..n_args {
            sys::duckdb_scalar_function_add_parameter(function, text.0);
        }
        sys::duckdb_scalar_function_set_return_type(function, text.0);
        sys::duckdb_scalar_function_set_special_handling(function);
        sys::duckdb_scalar_function_set_extra_info(function, scalar as *mut std::ffi::c_void, None);
        sys::duckdb_scalar_function_set_function(function, Some(call));
        let state = handle.register(function);
        sys::duckdb_destroy_scalar_function(&mut function);
        state
    };
    if state == sys::DuckDBSuccess { Ok(()) } else { Err(fault("the engine has a function of that name already")) }
}

/// Computes one chunk.
///
/// # Safety
/// Called by DuckDB only: `info` carries the [`Scalar`] it was registered with, every column of `input` is text, and
/// `output` is text with room for all rows.
unsafe extern "C" fn call(info: sys::duckdb_function_info, input: sys::duckdb_data_chunk, output: sys::duckdb_vector) {
    // SAFETY: by the contract above. The strings read live as long as the chunk, and a string assigned is copied.
    unsafe {
        let scalar: Scalar = std::mem::transmute(sys::duckdb_scalar_function_get_extra_info(info));
        let n_rows = sys::duckdb_data_chunk_get_size(input) as usize;
        let n_args = sys::duckdb_data_chunk_get_column_count(input);
        let columns: Vec<_> = (0..n_args).map(|n| sys::duckdb_data_chunk_get_vector(input, n)).collect();
        let mut arguments = Vec::with_capacity(columns.len());
        sys::duckdb_vector_ensure_validity_writable(output);
        let mask = sys::duckdb_vector_get_validity(output);
        for row in 0..n_rows {
            arguments.clear();
            arguments.extend(columns.iter().map(|column| text_at(*column, row)));
            match scalar(&arguments) {
                Some(text) => {
                    let (bytes, len) = (text.as_ptr().cast(), text.len() as u64);
                    sys::duckdb_vector_assign_string_element_len(output, row as u64, bytes, len);
                }
                None => sys::duckdb_validity_set_row_invalid(mask, row as u64),
            }
        }
    }
}
