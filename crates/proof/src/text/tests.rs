//! Is the normal form what a person reads?
#![allow(clippy::unwrap_used)]

use super::*;

fn normal(text: &str) -> String {
    Text::of(&Original::plain(text)).chars.iter().collect::<String>().trim_end().to_string()
}

#[test]
fn traditional_characters_and_glosses_become_plain_ones() {
    assert_eq!(normal("縣衛(wèi)生局開展婦(fù)女篩查3600人"), "县卫生局开展妇女筛查3600人");
    assert_eq!(normal("覆盖半径5(km)"), "覆盖半径5（km）");
}

#[test]
fn radicals_of_a_pdf_are_the_characters_they_look_like() {
    assert_eq!(normal("⼈⼝⾃然增⻓率2.31‰，居⺠签约9⼈"), "人口自然增长率2.31‰，居民签约9人");
}

#[test]
fn widths_commas_and_spaces() {
    assert_eq!(normal("共１，２８４ 人,其中 412 人;率９８．９％"), "共1284人，其中412人；率98.9%");
    assert_eq!(normal("共12,674人,另5,6两组"), "共12674人，另5，6两组");
}

#[test]
fn a_line_that_goes_on_is_joined() {
    assert_eq!(normal("个人支付占比均控制在10%\n\n以内。"), "个人支付占比均控制在10%以内。");
}

#[test]
fn what_stands_around_a_report_on_a_page_is_no_sentence() {
    let text = Text::of(&Original::plain(
        "来源：某县政府网 2025-01-02\n一、工作\n出生1846人。\n二、更多\n三、更多\n四、更多\n相关文章：\n局工作总结07-20",
    ));
    let kept: Vec<String> = text.sentences.iter().map(|range| text.slice(range.clone())).collect();
    assert!(!kept.iter().any(|sentence| sentence.contains("来源") || sentence.contains("07-20")), "{kept:?}");
}

#[test]
fn plans_begin_at_their_heading() {
    let text = Text::of(&Original::plain("一、计划生育工作\n甲。\n二、存在的问题\n乙。\n三、2025年工作计划\n丙。"));
    let sections: Vec<Section> = text.paragraphs.iter().map(|paragraph| paragraph.section).collect();
    use Section::{Plan, Problems, Work};
    assert_eq!(sections, [Work, Work, Problems, Problems, Plan, Plan]);
}
