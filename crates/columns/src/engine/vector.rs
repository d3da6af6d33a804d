//! How do values get into and out of DuckDB's vectors?
//!
//! A vector is an array of one physical type, a bit mask that says which cells hold a value, and for lists a child
//! vector. Reading decodes a whole column; writing sets one cell. Knows layouts, never statements or tables.

use std::marker::PhantomData;

use libduckdb_sys as sys;

use super::error::{EngineError, ErrorKind};
use super::logical::LogicalType;
use super::raw::{RawChunk, VectorRef};
use super::value::{self, Type, Value};

type Result<T> = std::result::Result<T, EngineError>;

impl VectorRef<'_> {
    /// The first `len` cells.
    ///
    /// # Errors
    /// `Unsupported` for a type packs cannot use, `OutOfRange` for a date outside the years −9999 to 9999.
    pub(super) fn read(self, len: usize) -> Result<Vec<Value>> {
        use sys::*;
        let logical = self.logical();
        match logical.id() {
            DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => self.decode(len, |flag: u8| Ok(Value::Flag(flag != 0))),
            DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => self.decode(len, |n: i8| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => self.decode(len, |n: i16| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => self.decode(len, |n: i32| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => self.decode(len, |n: i64| Ok(Value::Int(n))),
            DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => self.decode(len, |n: u8| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => self.decode(len, |n: u16| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => self.decode(len, |n: u32| Ok(Value::Int(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => self.decode(len, |n: u64| Ok(Value::Big(n.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => self.decode(len, |n: duckdb_hugeint| Ok(Value::Big(wide(n)))),
            DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => self.decode(len, |x: f32| Ok(Value::Float(x.into()))),
            DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => self.decode(len, |x: f64| Ok(Value::Float(x))),
            DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => self.decimals(len, &logical),
            DUCKDB_TYPE_DUCKDB_TYPE_DATE => self.decode(len, |days: i32| {
                value::date_from_days(days).map(Value::Date).ok_or_else(|| beyond_calendar("date"))
            }),
            DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP => self.decode(len, |micros: i64| {
                value::instant_from_micros(micros).map(Value::Instant).ok_or_else(|| beyond_calendar("instant"))
            }),
            // SAFETY: `decode` passes only cells that hold a value, so the string is initialised and owned by the chunk.
            DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => self.decode(len, |text| Ok(Value::Text(unsafe { copy_text(&text) }))),
            DUCKDB_TYPE_DUCKDB_TYPE_LIST => self.lists(len),
            DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => Ok(vec![Value::Null; len]),
            _ => Err(EngineError::new(
                ErrorKind::Unsupported,
                format!("a result column of type {} cannot be read; cast it", logical.describe()),
            )),
        }
    }

    fn decimals(self, len: usize, logical: &LogicalType) -> Result<Vec<Value>> {
        use sys::*;
        let (scale, stored) = logical.decimal();
        let exact = |unscaled| Ok(Value::Decimal { unscaled, scale });
        match stored {
            DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => self.decode(len, |n: i16| exact(n.into())),
            DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => self.decode(len, |n: i32| exact(n.into())),
            DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => self.decode(len, |n: i64| exact(n.into())),
            DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => self.decode(len, |n: duckdb_hugeint| exact(wide(n))),
            _ => Err(EngineError::new(ErrorKind::Internal, "a decimal stored in no known integer type")),
        }
    }

    fn lists(self, len: usize) -> Result<Vec<Value>> {
        // SAFETY: the vector is a live list vector; its child lives as long as it.
        let (child, child_len) = unsafe {
            let child = VectorRef(sys::duckdb_list_vector_get_child(self.0), PhantomData::<&RawChunk>);
            (child, sys::duckdb_list_vector_get_size(self.0) as usize)
        };
        let items = child.read(child_len)?;
        self.decode(len, |entry: sys::duckdb_list_entry| {
            let start = entry.offset as usize;
            let slice = items.get(start..start + entry.length as usize);
            let slice = slice.ok_or_else(|| EngineError::new(ErrorKind::Internal, "a list reaches past its items"))?;
            Ok(Value::Many(slice.to_vec()))
        })
    }

    /// Reads `len` cells stored as `T`, which must be the physical type of the vector. Every caller above pairs the
    /// type number with the layout the C API documents for it.
    fn decode<T: Copy>(self, len: usize, value: impl Fn(T) -> Result<Value>) -> Result<Vec<Value>> {
        if len == 0 {
            return Ok(Vec::new());
        }
        // SAFETY: the vector is live; its data holds at least `len` cells of type `T`, and its mask is null (no cell is
        // missing) or has one bit per cell. Cells that are missing may be uninitialised and are never read.
        unsafe {
            let data = sys::duckdb_vector_get_data(self.0).cast::<T>();
            let mask = sys::duckdb_vector_get_validity(self.0);
            (0..len)
                .map(|row| {
                    let present = mask.is_null() || (*mask.add(row / 64) >> (row % 64)) & 1 == 1;
                    if present { value(data.add(row).read()) } else { Ok(Value::Null) }
                })
                .collect()
        }
    }

    fn logical(self) -> LogicalType {
        // SAFETY: the vector is live; the logical type is ours to destroy.
        LogicalType(unsafe { sys::duckdb_vector_get_column_type(self.0) })
    }

    /// Sets cell `row` of a chunk's column that was created with `kind`.
    ///
    /// # Errors
    /// `Conversion` when the value is not exactly of that type; the cell is then undefined.
    pub(super) fn write(self, kind: &Type, row: usize, value: &Value) -> Result<()> {
        assert!(row < RawChunk::CAPACITY, "row {row} of a chunk");
        // SAFETY: the row is below the capacity of a chunk's vector, and the chunk was created with `kind`.
        unsafe { self.set(kind, row, value) }
    }

    /// # Safety
    /// The vector has room for `row`, and was created with the canonical engine type of `kind`.
    unsafe fn set(self, kind: &Type, row: usize, value: &Value) -> Result<()> {
        if value.is_null() {
            // SAFETY: the mask is writable once ensured and has a bit for `row`, which is within capacity.
            unsafe {
                sys::duckdb_vector_ensure_validity_writable(self.0);
                sys::duckdb_validity_set_row_invalid(sys::duckdb_vector_get_validity(self.0), row as u64);
            }
            return Ok(());
        }
        let wrong = || EngineError::new(ErrorKind::Conversion, format!("{value:?} is not of type {kind}"));
        // SAFETY: each arm writes the physical type the C API documents for the canonical type of `kind` (decimals:
        // by width), at a row within capacity; a cell left missing by a row that failed is made present again.
        unsafe {
            let mask = sys::duckdb_vector_get_validity(self.0);
            if !mask.is_null() {
                sys::duckdb_validity_set_row_valid(mask, row as u64);
            }
            match (kind, value) {
                (Type::Flag, Value::Flag(flag)) => self.put(row, u8::from(*flag)),
                (Type::Int, Value::Int(n)) => self.put(row, *n),
                (Type::Big, Value::Int(n)) => self.put(row, split(i128::from(*n))),
                (Type::Big, Value::Big(n)) => self.put(row, split(*n)),
                (Type::Float, Value::Float(x)) => self.put(row, *x),
                (Type::Date, Value::Date(day)) => self.put(row, value::days_from_date(*day)),
                (Type::Instant, Value::Instant(at)) => self.put(row, value::micros_from_instant(*at)),
                (Type::Text, Value::Text(text)) => sys::duckdb_vector_assign_string_element_len(
                    self.0,
                    row as u64,
                    text.as_ptr().cast(),
                    text.len() as u64,
                ),
                (Type::Decimal { width, scale }, _) => {
                    let (unscaled, from) = match value {
                        Value::Int(n) => (i128::from(*n), 0),
                        Value::Big(n) => (*n, 0),
                        Value::Decimal { unscaled, scale } => (*unscaled, *scale),
                        _ => return Err(wrong()),
                    };
                    let exact = value::rescale(unscaled, from, *scale, *width).ok_or_else(wrong)?;
                    // `rescale` checked the width, so no cast below loses a digit.
                    match width {
                        0..=4 => self.put(row, exact as i16),
                        5..=9 => self.put(row, exact as i32),
                        10..=18 => self.put(row, exact as i64),
                        _ => self.put(row, split(exact)),
                    }
                }
                (Type::Many(of), Value::Many(items)) => self.set_list(of, row, items)?,
                _ => return Err(wrong()),
            }
        }
        Ok(())
    }

    /// # Safety
    /// As for [`VectorRef::set`], for a list of `of`.
    unsafe fn set_list(self, of: &Type, row: usize, items: &[Value]) -> Result<()> {
        // SAFETY: the vector is a live list vector. The child has room for every item once reserved; its handle is
        // taken after reserving, because that may move it.
        unsafe {
            let offset = sys::duckdb_list_vector_get_size(self.0);
            let end = offset + items.len() as u64;
            sys::duckdb_list_vector_reserve(self.0, end);
            sys::duckdb_list_vector_set_size(self.0, end);
            let child = VectorRef(sys::duckdb_list_vector_get_child(self.0), PhantomData::<&RawChunk>);
            for (index, item) in items.iter().enumerate() {
                child.set(of, offset as usize + index, item)?;
            }
            self.put(row, sys::duckdb_list_entry { offset, length: items.len() as u64 });
        }
        Ok(())
    }

    /// # Safety
    /// The vector stores `T` and has room for `row`.
    unsafe fn put<T>(self, row: usize, cell: T) {
        // SAFETY: by the contract above.
        unsafe { sys::duckdb_vector_get_data(self.0).cast::<T>().add(row).write(cell) }
    }
}

/// Cell `row` of a flat vector of text; `None` when it is missing or not UTF-8.
///
/// # Safety
/// The vector holds text and has a cell `row`; it lives for `'a` and is not written meanwhile.
pub(super) unsafe fn text_at<'a>(vector: sys::duckdb_vector, row: usize) -> Option<&'a str> {
    // SAFETY: by the contract above; a missing cell may be uninitialised and is not read. The bytes of a short string
    // stand in the vector itself, those of a long one behind its pointer.
    unsafe {
        let mask = sys::duckdb_vector_get_validity(vector);
        if !(mask.is_null() || (*mask.add(row / 64) >> (row % 64)) & 1 == 1) {
            return None;
        }
        let text = &*sys::duckdb_vector_get_data(vector).cast::<sys::duckdb_string_t>().add(row);
        std::str::from_utf8(bytes_of(text)).ok()
    }
}

/// # Safety
/// `text` is an initialised string whose bytes live as long as it.
unsafe fn bytes_of(text: &sys::duckdb_string_t) -> &[u8] {
    // SAFETY: up to 12 bytes stand in the struct itself, longer ones behind its pointer; the length is at the same
    // place in both forms.
    unsafe {
        let len = text.value.inlined.length as usize;
        let start = if len <= 12 { text.value.inlined.inlined.as_ptr() } else { text.value.pointer.ptr.cast_const() };
        std::slice::from_raw_parts(start.cast::<u8>(), len)
    }
}

/// # Safety
/// `text` is an initialised string whose bytes live during the call.
unsafe fn copy_text(text: &sys::duckdb_string_t) -> String {
    // SAFETY: by the contract above.
    let bytes = unsafe { bytes_of(text) };
    String::from_utf8_lossy(bytes).into_owned()
}

fn wide(n: sys::duckdb_hugeint) -> i128 {
    (i128::from(n.upper) << 64) | i128::from(n.lower)
}

fn split(n: i128) -> sys::duckdb_hugeint {
    // The low half as it stands, the high half with the sign.
    sys::duckdb_hugeint { lower: n as u64, upper: (n >> 64) as i64 }
}

fn beyond_calendar(what: &str) -> EngineError {
    EngineError::new(ErrorKind::OutOfRange, format!("a result holds a {what} outside the years -9999 to 9999"))
}
