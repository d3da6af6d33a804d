//! Arrow batches to cells, exactly.

use crate::error::ClusterError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use columns::engine::Value;

/// Adds the rows of one stream.
pub(super) fn read(stream: &[u8], rows: &mut Vec<Vec<Value>>) -> Result<(), ClusterError> {
    let wrong = |detail: String| ClusterError::Answer(detail);
    for batch in StreamReader::try_new(stream, None).map_err(|fault| wrong(fault.to_string()))? {
        let batch = batch.map_err(|fault| wrong(fault.to_string()))?;
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|column| cell(column, row)).collect::<Result<_, _>>()?);
        }
    }
    Ok(())
}

fn cell(column: &ArrayRef, row: usize) -> Result<Value, ClusterError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match column.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => Value::Flag(column.as_boolean().value(row)),
        DataType::Int8 => Value::Int(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(row).to_string()),
        DataType::LargeUtf8 => Value::Text(column.as_string::<i64>().value(row).to_string()),
        DataType::Utf8View => Value::Text(column.as_string_view().value(row).to_string()),
        DataType::Decimal128(_, scale) => {
            let scale = u8::try_from(*scale).map_err(|_| ClusterError::Answer(format!("a scale of {scale}")))?;
            Value::Decimal { unscaled: column.as_primitive::<Decimal128Type>().value(row), scale }
        }
        DataType::List(_) => many(&column.as_list::<i32>().value(row))?,
        DataType::LargeList(_) => many(&column.as_list::<i64>().value(row))?,
        other => return Err(ClusterError::Answer(format!("a column of type {other}"))),
    })
}

fn many(items: &ArrayRef) -> Result<Value, ClusterError> {
    (0..items.len()).map(|n| cell(items, n)).collect::<Result<_, _>>().map(Value::Many)
}
