//! Which registers are there, and what does the form of each look like?
//!
//! A register as JSON Schema in the reader's language: what a field is called, what it may hold, its codes, its unit, and
//! the rules that will be asked. What JSON Schema has no word for stands under `x-field` and `x-register`.

use crate::desk::Desk;
use crate::masked::fixed_title;
use crate::problem::Problem;
use crate::wire;
use base::Text;
use pack::model::{ColumnType, Field, FieldType, Kind, Level, Register, Required, Rule, RuleTrigger};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// Registers by pack.
#[derive(Debug, Serialize)]
pub struct Registers {
    groups: Vec<Group>,
    may_write: bool,
}

#[derive(Debug, Serialize)]
pub struct Group {
    pack: String,
    title: wire::Text,
    registers: Vec<Line>,
}

#[derive(Debug, Serialize)]
pub struct Line {
    id: String,
    title: wire::Text,
    kind: &'static str,
    subject: Option<&'static str>,
    n_fields: usize,
    has_flow: bool,
}

/// `/api/registers`
pub fn registers(desk: &Desk, may_write: bool) -> Registers {
    let line = |register: &Register| Line {
        id: register.common.id.clone(),
        title: wire::Text::from(&register.common.title),
        kind: register.kind.word(),
        subject: register.subject.map(pack::model::Subject::word),
        n_fields: register.fields.len(),
        has_flow: register.flow.is_some(),
    };
    let groups = desk.catalog().packs.values().map(|pack| Group {
        pack: pack.header.id.value.clone(),
        title: wire::Text::from(&pack.header.title),
        registers: pack.registers.values().map(line).collect(),
    });
    Registers { groups: groups.filter(|group| !group.registers.is_empty()).collect(), may_write }
}

/// The register of that name.
pub fn find<'a>(desk: &'a Desk, id: &str) -> Result<&'a Register, Problem> {
    let catalog = desk.catalog();
    catalog.register(id).ok_or_else(|| Problem::register(id, catalog.near_register(id)))
}

/// `/api/registers/{register}/schema`
pub fn schema(desk: &Desk, id: &str, may_write: bool) -> Result<Json, Problem> {
    let register = find(desk, id)?;
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for column in register.fixed_columns().into_iter().filter(|column| !is_stamp(register, &column.name)) {
        if !column.nullable && column.name != "state" {
            required.push(column.name.clone());
        }
        properties.insert(column.name.clone(), fixed(desk, register, &column.name, column.ty));
    }
    for field in register.fields.values() {
        if field.required == Required::Yes && field.default.is_none() {
            required.push(field.id.clone());
        }
        properties.insert(field.id.clone(), property(desk, field));
    }
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("/api/registers/{id}/schema"),
        "title": register.common.title.get(desk.language),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "x-register": {
            "id": id,
            "kind": register.kind.word(),
            "subject": register.subject.map(pack::model::Subject::word),
            "part_of": register.part_of.as_ref().map(|parent| parent.value.clone()),
            "pack": register.common.pack,
            "source": register.common.source,
            "identity": register.identity.iter().map(|column| column.value.as_str()).collect::<Vec<_>>(),
            "flow": flow(desk, register),
            "rules": desk.catalog().rules_of(register).map(|rule| told(desk, register, rule)).collect::<Vec<_>>(),
            "day": day_column(register),
            "may_write": may_write,
        },
    }))
}

/// The column by which records of a register are in order.
pub fn day_column(register: &Register) -> &'static str {
    match register.kind {
        Kind::Event => "on_date",
        Kind::Enrolment | Kind::Entity => "started_on",
        Kind::Statement => "period_from",
    }
}

/// Whether the log itself writes this column: when a record entered a state.
pub fn is_stamp(register: &Register, column: &str) -> bool {
    let state = column.strip_suffix("_at");
    register.flow.as_ref().zip(state).is_some_and(|(flow, state)| flow.states.contains_key(state))
}

fn fixed(desk: &Desk, register: &Register, name: &str, ty: ColumnType) -> Json {
    let title = fixed_title(name).unwrap_or_else(|| {
        let other = desk.catalog().register(name);
        other.map_or_else(|| Text::both(name, name), |other| other.common.title.clone())
    });
    let to = register.references().into_iter().find(|(column, _)| column == name).map(|(_, to)| to);
    let to = to.or_else(|| (name == "institution").then(|| "institution".to_string()));
    let kind = match (&to, ty) {
        (Some(_), _) => "ref",
        (None, ColumnType::Date) => "date",
        (None, ColumnType::Instant) => "instant",
        (None, _) if name == "state" => "state",
        (None, _) => "text",
    };
    let mut property = shape(kind);
    property.insert("title".into(), json!(title.get(desk.language)));
    if kind == "state" {
        property.insert("readOnly".into(), json!(true));
    }
    property.insert("x-field".into(), json!({ "kind": kind, "to": to, "fixed": true }));
    Json::Object(property)
}

fn property(desk: &Desk, field: &Field) -> Json {
    let kind = kind_word(&field.ty);
    let mut property = shape(kind);
    property.insert("title".into(), json!(field.title.get(desk.language)));
    if let Some(help) = &field.help {
        property.insert("description".into(), json!(help.get(desk.language)));
    }
    if let Some(range) = &field.range {
        property.insert("minimum".into(), json!(range.value.0.to_string()));
        property.insert("maximum".into(), json!(range.value.1.to_string()));
    }
    let mut to = None;
    match &field.ty {
        FieldType::Code { list, many } => {
            let codes = codes(desk, &list.value);
            if *many {
                property.insert("items".into(), json!({ "type": "string", "oneOf": codes }));
            } else {
                property.insert("oneOf".into(), Json::Array(codes));
            }
        }
        FieldType::Ref(register) => to = Some(register.value.clone()),
        FieldType::Serial { .. } => drop(property.insert("readOnly".into(), json!(true))),
        _ => {}
    }
    let unit = match &field.ty {
        FieldType::Money => Some("yuan"),
        _ => field.unit.as_ref().map(|unit| unit.value.as_str()),
    };
    let digits = if let FieldType::Decimal(digits) = field.ty { Some(digits) } else { None };
    property.insert(
        "x-field".into(),
        json!({
            "kind": kind,
            "to": to,
            "unit": unit.map(|unit| desk.unit(unit).word.get(desk.language).to_string()),
            "digits": digits,
            "usual": field.usual.as_ref().map(|usual| [usual.value.0.to_string(), usual.value.1.to_string()]),
            "secret": field.secret,
            "default": field.default.as_ref().map(|default| default.value.clone()),
            "required_when": matches!(field.required, Required::When(_)),
            "citizen_id": field.id == "citizen_id",
        }),
    );
    Json::Object(property)
}

fn kind_word(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Integer => "integer",
        FieldType::Decimal(_) => "decimal",
        FieldType::Money => "money",
        FieldType::Text => "text",
        FieldType::Date => "date",
        FieldType::Instant => "instant",
        FieldType::Code { many: false, .. } => "code",
        FieldType::Code { many: true, .. } => "codes",
        FieldType::Flag => "flag",
        FieldType::Ref(_) => "ref",
        FieldType::Place => "place",
        FieldType::File => "file",
        FieldType::Serial { .. } => "serial",
    }
}

/// JSON's own word for a kind. Exact numbers travel as text.
fn shape(kind: &str) -> Map<String, Json> {
    let shape = match kind {
        "integer" => json!({ "type": "integer" }),
        "flag" => json!({ "type": "boolean" }),
        "codes" => json!({ "type": "array", "uniqueItems": true }),
        "date" => json!({ "type": "string", "format": "date" }),
        "instant" => json!({ "type": "string", "format": "date-time" }),
        "decimal" | "money" => json!({ "type": "string", "format": "decimal" }),
        _ => json!({ "type": "string" }),
    };
    if let Json::Object(shape) = shape { shape } else { Map::new() }
}

fn codes(desk: &Desk, list: &str) -> Vec<Json> {
    let Some(list) = desk.catalog().list(list) else { return Vec::new() };
    let codes = list.all_rows().filter_map(|row| row.code.as_deref());
    let mut told: Vec<Json> = Vec::new();
    for code in codes {
        let label = list.label(code).map_or_else(|| code.to_string(), |label| label.get(desk.language).to_string());
        let line = json!({ "const": code, "title": label });
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told
}

fn flow(desk: &Desk, register: &Register) -> Json {
    let Some(flow) = &register.flow else { return Json::Null };
    let states = flow.states.iter().map(|(id, state)| {
        json!({ "id": id, "title": state.title.get(desk.language), "void": state.void, "end": state.end })
    });
    let moves = flow.moves.iter().map(|(id, step)| {
        json!({
            "id": id,
            "title": step.title.get(desk.language),
            "from": step.from.iter().map(|state| state.value.as_str()).collect::<Vec<_>>(),
            "to": step.to.value,
            "role": step.by.as_ref().map(|role| role.value.clone()),
        })
    });
    json!({
        "start": flow.start.value,
        "states": states.collect::<Vec<_>>(),
        "moves": moves.collect::<Vec<_>>(),
    })
}

fn told(desk: &Desk, register: &Register, rule: &Rule) -> Json {
    json!({
        "id": rule.common.id,
        "level": rule.level.value.word(),
        "say": rule.say.value.get(desk.language),
        "why": rule.why.as_ref().map(|why| why.get(desk.language).to_string()),
        "source": rule.common.source,
        "fields": rule_fields(register, rule),
    })
}

/// The fields a rule speaks of, in the order of the form: those its condition names.
pub fn rule_fields(register: &Register, rule: &Rule) -> Vec<String> {
    let text = match &rule.trigger {
        RuleTrigger::When(text) | RuleTrigger::Rows(text) => text.value.as_str(),
        RuleTrigger::Method { .. } => "",
    };
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_string).collect()
    };
    let mut named = words(text);
    // What is derived stands for the fields it is derived from.
    for (name, from) in &register.derive {
        if named.contains(name) {
            named.extend(words(&from.value));
        }
    }
    let columns = register.columns().into_iter().map(|column| column.name);
    columns.filter(|column| named.contains(column)).collect()
}

/// The rule of that name that judges or advises on records of a register.
pub fn rule_of<'a>(desk: &'a Desk, register: &'a Register, id: &str) -> Option<&'a Rule> {
    let judging = |rule: &&Rule| matches!(rule.level.value, Level::Refuse | Level::Confirm | Level::Advise);
    desk.catalog().rules_of(register).filter(judging).find(|rule| rule.common.id == id)
}
