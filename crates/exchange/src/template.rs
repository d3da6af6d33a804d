//! Which workbook does a clerk fill in for a register?
//!
//! One sheet to fill, whose titles are those the import knows, with notes, drop-downs and formats; one that explains; one
//! that is hidden and holds the codes.

use crate::ExchangeError;
use crate::header::{Heading, Use, headings};
use crate::pages::{header_format, save, workbook};
use base::Timestamp;
use pack::Catalog;
use pack::model::{ColumnType, Field, FieldType, List, Register, Required};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationRule, ExcelDateTime, Format, FormatAlign, Formula, Note, Worksheet, XlsxError,
};
use std::path::Path;

/// Rows that are prepared for being filled in.
const ROWS: u32 = 5_000;
const SHEET_HELP: &str = "填写说明";
const SHEET_CODES: &str = "代码";

/// Writes an empty workbook for a register.
///
/// # Errors
/// [`ExchangeError::Register`] when there is none of that name; [`ExchangeError::Write`].
pub fn template(catalog: &Catalog, register: &str, path: &Path, at: Timestamp) -> Result<(), ExchangeError> {
    let known = catalog.register(register).ok_or_else(|| ExchangeError::Register {
        id: register.to_string(),
        near: catalog.near_register(register).map(str::to_string),
    })?;
    let bad = |fault: XlsxError| ExchangeError::Write { path: path.to_path_buf(), detail: fault.to_string() };
    let columns: Vec<Column<'_>> = columns(catalog, known);
    let mut book = workbook(at).map_err(bad)?;
    fill_sheet(book.add_worksheet(), known, &columns).map_err(bad)?;
    help_sheet(book.add_worksheet(), known, &columns).map_err(bad)?;
    code_sheet(book.add_worksheet(), &columns).map_err(bad)?;
    save(book, path)
}

/// A column of the sheet to be filled.
struct Column<'a> {
    heading: Heading<'a>,
    title: String,
    unit: Option<String>,
    required: bool,
    list: Option<&'a List>,
    many: bool,
}

/// What a person fills in: not the record's own id, and not what the program keeps itself.
fn columns<'a>(catalog: &'a Catalog, register: &'a Register) -> Vec<Column<'a>> {
    let all = headings(catalog, register);
    let by_citizen = all.iter().any(|heading| heading.used == Use::Citizen);
    let states =
        register.flow.as_ref().map(|flow| flow.states.keys().map(|state| format!("{state}_at")).collect::<Vec<_>>());
    let kept = all.into_iter().filter(|heading| {
        let is_stamp = states.iter().flatten().any(|stamp| *stamp == heading.name);
        let is_serial = matches!(heading.field.map(|field| &field.ty), Some(FieldType::Serial { .. }));
        !(heading.used == Use::Id || is_stamp || is_serial || by_citizen && heading.name == "resident")
    });
    kept.map(|heading| {
        let unit = heading.field.and_then(|field| field.unit.as_ref());
        let unit = unit.and_then(|unit| Some(catalog.list("unit")?.label(&unit.value)?.zh.clone()));
        let unit = unit.filter(|unit| !unit.is_empty());
        let (list, many) = match heading.field.map(|field| &field.ty) {
            Some(FieldType::Code { list, many }) => (catalog.list(&list.value), *many),
            _ => (None, false),
        };
        let has_default = heading.field.is_some_and(|field| field.default.is_some());
        let required = match heading.used {
            Use::Citizen | Use::Org => true,
            Use::Column(_) => {
                heading.column.as_ref().is_some_and(|column| !column.nullable)
                    && !has_default
                    && heading.name != "state"
            }
            _ => false,
        };
        let title = unit.as_ref().map_or_else(|| heading.title.clone(), |unit| format!("{}（{unit}）", heading.title));
        Column { title: if required { format!("{title}*") } else { title }, unit, required, list, many, heading }
    })
    .collect()
}

impl Column<'_> {
    fn ty(&self) -> ColumnType {
        self.heading.column.as_ref().map_or(ColumnType::Text, |column| column.ty)
    }

    /// What is to be said about it, one line each.
    fn explain(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.push(if self.required { "必填".into() } else { "可不填".to_string() });
        if let Some(Required::When(_)) = self.heading.field.map(|field| &field.required) {
            lines[0] = "视情况必填".into();
        }
        lines.push(match (self.heading.used, self.list, self.ty()) {
            (Use::Org, ..) => "机构的编号或名称；重名时在前面加上级名称，如“青禾镇甲村”".into(),
            (Use::Citizen, ..) => "18位或15位号码，按文本填写".into(),
            (Use::Name, ..) => "只用来与公民身份号码核对".into(),
            (_, Some(_), _) if self.many => "可填几个，用“、”隔开；代码见隐藏的“代码”表或填写说明".into(),
            (_, Some(_), _) => "从下拉列表中选择，也可只填代码或名称".into(),
            (.., ColumnType::Date) => "日期，如 2025-03-07".into(),
            (.., ColumnType::Instant) => "日期和时间，如 2025-03-07 08:30".into(),
            (.., ColumnType::Flag) => "是或否".into(),
            (.., ColumnType::Integer) => "整数".into(),
            (.., ColumnType::Decimal(digits)) => format!("数字，最多{digits}位小数"),
            _ => "文字".into(),
        });
        if let Some(unit) = &self.unit {
            lines.push(format!("单位：{unit}"));
        }
        let field = self.heading.field;
        if let Some(range) = field.and_then(|field: &Field| field.range.as_ref()) {
            lines.push(format!("允许范围：{}至{}", range.value.0, range.value.1));
        }
        if let Some(usual) = field.and_then(|field| field.usual.as_ref()) {
            lines.push(format!("通常范围：{}至{}，超出须确认", usual.value.0, usual.value.1));
        }
        if let Some(default) = field.and_then(|field| field.default.as_ref()) {
            let word = match (default.value.as_str(), self.list.and_then(|list| list.label(&default.value))) {
                ("true", _) => "是".into(),
                ("false", _) => "否".into(),
                (_, Some(label)) => label.zh.clone(),
                (text, None) => text.to_string(),
            };
            lines.push(format!("不填时为：{word}"));
        }
        lines.extend(field.and_then(|field| field.help.as_ref()).map(|help| help.zh.clone()));
        lines
    }

    fn codes(&self) -> Vec<String> {
        let rows = self.list.into_iter().flat_map(List::all_rows);
        rows.filter_map(|row| Some(format!("{} {}", row.code.as_ref()?, row.label.zh))).collect()
    }
}

fn fill_sheet(sheet: &mut Worksheet, register: &Register, columns: &[Column<'_>]) -> Result<(), XlsxError> {
    let name: String = register.common.title.zh.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(28).collect();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_row_height(0, 36)?;
    let plain = header_format();
    let needed = header_format().set_background_color(Color::RGB(0xFF_E6_B3));
    for (n, column) in (0..).zip(columns) {
        let format = match column.ty() {
            ColumnType::Date => Format::new().set_num_format("yyyy-mm-dd"),
            ColumnType::Instant => Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            ColumnType::Text | ColumnType::TextList => Format::new().set_num_format("@"),
            _ => Format::new(),
        };
        let width = match (column.heading.used, column.ty()) {
            (Use::Citizen, _) => 22.0,
            (_, ColumnType::Date) => 13.0,
            (_, ColumnType::Instant) => 18.0,
            _ => 10.0_f64.max(column.title.chars().count() as f64 * 2.0 + 2.0),
        };
        sheet.set_column_width(n, width)?.set_column_format(n, &format)?;
        sheet.write_string_with_format(0, n, &column.title, if column.required { &needed } else { &plain })?;
        let note = format!("{}\n{}", column.heading.title, column.explain().join("\n"));
        sheet.insert_note(0, n, &Note::new(note).set_width(240).set_height(140).add_author_prefix(false))?;
        if let Some(rule) = validation(column, n)? {
            sheet.add_data_validation(1, n, ROWS, n, &rule)?;
        }
    }
    Ok(())
}

fn validation(column: &Column<'_>, n: u16) -> Result<Option<DataValidation>, XlsxError> {
    let n_codes = column.codes().len();
    let rule = match column.ty() {
        _ if n_codes > 0 && !column.many => {
            let letter = crate::header::letter(usize::from(n));
            DataValidation::new()
                .allow_list_formula(Formula::new(format!("={SHEET_CODES}!${letter}$2:${letter}${}", n_codes + 1)))
        }
        ColumnType::Flag => DataValidation::new().allow_list_strings(&["是", "否"])?,
        ColumnType::Date => {
            let day = |year| ExcelDateTime::from_ymd(year, 1, 1);
            DataValidation::new().allow_date(DataValidationRule::Between(day(1900)?, day(2100)?))
        }
        ColumnType::Integer | ColumnType::Decimal(_) => {
            let range = column.heading.field.and_then(|field| field.range.as_ref());
            let number = |text: String| text.parse::<f64>().ok();
            match range.and_then(|range| Some((number(range.value.0.to_string())?, number(range.value.1.to_string())?)))
            {
                Some((low, high)) => DataValidation::new().allow_decimal_number(DataValidationRule::Between(low, high)),
                None => DataValidation::new().allow_any_value(),
            }
        }
        _ => DataValidation::new().allow_any_value(),
    };
    let title: String = column.heading.title.chars().take(30).collect();
    let message: String = column.explain().join("；").chars().take(250).collect();
    let refused = if column.list.is_some() || column.ty() == ColumnType::Flag {
        "请从下拉列表中选择"
    } else {
        "填写的内容不在允许范围内，请看栏目上的批注"
    };
    let rule = rule.set_input_title(title)?.set_input_message(message)?;
    // People paste labels or codes alone, which the import understands: warn, do not block.
    let style = rust_xlsxwriter::DataValidationErrorStyle::Warning;
    Ok(Some(rule.set_error_title("请核对")?.set_error_message(refused)?.set_error_style(style)))
}

fn help_sheet(sheet: &mut Worksheet, register: &Register, columns: &[Column<'_>]) -> Result<(), XlsxError> {
    let (bold, wrap) =
        (Format::new().set_bold().set_font_size(14), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    sheet.set_name(SHEET_HELP)?.set_landscape().set_print_fit_to_pages(1, 0);
    for (n, width) in [18.0, 12.0, 76.0, 60.0].into_iter().enumerate() {
        sheet.set_column_width(n as u16, width)?;
    }
    sheet.write_string_with_format(0, 0, format!("{}填写说明", register.common.title.zh), &bold)?;
    let lines = [
        "在第一张表中从第2行起填写，每行一条记录；带*、底色为橙色的栏目必填。",
        "不要改动第1行的栏目名；栏目的先后可以调整，不用的非必填栏目可以删去。",
        "未能导入的行会写入“文件名.refused.xlsx”，末列说明原因；改好后直接导入该文件即可。",
    ];
    for (line, row) in lines.iter().zip(1..) {
        sheet.write_string(row, 0, *line)?;
    }
    for (title, n) in ["栏目", "是否必填", "填写要求", "代码"].iter().zip(0..) {
        sheet.write_string_with_format(5, n, *title, &header_format())?;
    }
    for (column, row) in columns.iter().zip(6..) {
        let explain = column.explain();
        let (needed, rest) =
            explain.split_first().map_or(("", ""[..].to_string()), |(a, b)| (a.as_str(), b.join("；")));
        for (text, n) in [column.heading.title.as_str(), needed, &rest, &column.codes().join("、")].into_iter().zip(0..)
        {
            sheet.write_string_with_format(row, n, text.chars().take(2_000).collect::<String>(), &wrap)?;
        }
    }
    Ok(())
}

/// The codes, each list below the title of its column, in the same column as on the sheet to fill.
fn code_sheet(sheet: &mut Worksheet, columns: &[Column<'_>]) -> Result<(), XlsxError> {
    sheet.set_name(SHEET_CODES)?.set_hidden(true);
    for (n, column) in (0..).zip(columns).filter(|(_, column)| column.list.is_some()) {
        sheet.write_string(0, n, &column.heading.title)?;
        for (code, row) in column.codes().iter().zip(1..) {
            sheet.write_string(row, n, code)?;
        }
    }
    Ok(())
}
