//! Which rules find something at rest?

use base::Text;
use pack::Catalog;
use pack::model::{Field, Level, Register, Required, Rule};

/// One thing that can be wrong.
#[derive(Debug, Clone)]
pub struct FindingKind<'a> {
    /// Its name everywhere: register or indicator, then the rule's id.
    pub key: String,
    /// The rule's id in its pack.
    pub id: String,
    /// The pack that defines it.
    pub pack: &'a str,
    /// Find, or refuse for what would not be saved today.
    pub level: Level,
    /// The sentence with its places.
    pub say: Text,
    /// Why it matters.
    pub why: Text,
    /// What to do.
    pub action: Text,
    /// The register it is about; none for indicators.
    pub register: Option<&'a Register>,
    pub(super) test: Test<'a>,
}

/// How a finding is found.
#[derive(Debug, Clone)]
pub(super) enum Test<'a> {
    /// A rule that is written.
    Rule(&'a Rule),
    /// A field that must be filled and is not.
    Missing(&'a Field),
    /// A number outside its range.
    Range(&'a Field),
    /// Several records where the register knows one.
    Doubled,
}

/// Every kind of finding, in the order of the packs.
pub fn finding_kinds(catalog: &Catalog) -> Vec<FindingKind<'_>> {
    let mut kinds = Vec::new();
    for (pack_id, pack) in &catalog.packs {
        for register in pack.registers.values() {
            kinds.extend(register.rules.values().filter(at_rest).map(|rule| of_rule(pack_id, rule, Some(register))));
            kinds.extend(of_fields(pack_id, register));
        }
        kinds.extend(pack.rules.values().filter(at_rest).map(|rule| {
            let register = rule.on.as_ref().and_then(|on| catalog.register(&on.value));
            of_rule(pack_id, rule, register)
        }));
    }
    kinds
}

fn at_rest(rule: &&Rule) -> bool {
    matches!(rule.level.value, Level::Find | Level::Refuse)
}

fn of_rule<'a>(pack: &'a str, rule: &'a Rule, register: Option<&'a Register>) -> FindingKind<'a> {
    let (why, action) = refused();
    FindingKind {
        key: rule.key(),
        id: rule.common.id.clone(),
        pack,
        level: rule.level.value,
        say: rule.say.value.clone(),
        why: rule.why.clone().unwrap_or(why),
        action: rule.action.clone().unwrap_or(action),
        register,
        test: Test::Rule(rule),
    }
}

/// Why a record that would be refused is wrong, and what to do.
fn refused() -> (Text, Text) {
    (
        Text::both("不符合台账的规则，今天录入会被拒收", "It breaks a rule of its register and would be refused today"),
        Text::both("核对原始资料后更正", "Compare it with the original and correct it"),
    )
}

fn of_fields<'a>(pack: &'a str, register: &'a Register) -> Vec<FindingKind<'a>> {
    let (why, action) = refused();
    let kind = |id: String, say: Text, test: Test<'a>| FindingKind {
        key: format!("{}.{id}", register.common.id),
        id,
        pack,
        level: Level::Refuse,
        say,
        why: why.clone(),
        action: action.clone(),
        register: Some(register),
        test,
    };
    let title = |field: &Field| (field.title.zh.clone(), field.title.en.clone().unwrap_or_else(|| field.id.clone()));
    let mut kinds = Vec::new();
    for field in register.fields.values() {
        let (zh, en) = title(field);
        if matches!(field.required, Required::When(_)) {
            let say = Text::both(format!("缺{zh}"), format!("{en} is missing"));
            kinds.push(kind(format!("required-{}", field.id), say, Test::Missing(field)));
        }
        if let Some(range) = &field.range {
            let (low, high) = range.value;
            let say = Text::both(
                format!("{zh}{{{}}}不在{low}至{high}之间", field.id),
                format!("{en} {{{}}} is not between {low} and {high}", field.id),
            );
            kinds.push(kind(format!("range-{}", field.id), say, Test::Range(field)));
        }
    }
    if !register.identity.is_empty() {
        let say = Text::both("同一条记录登记了多次", "The same thing is recorded several times");
        kinds.push(kind("duplicate".into(), say, Test::Doubled));
    }
    kinds
}
