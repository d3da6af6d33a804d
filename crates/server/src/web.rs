//! Where does the browser get the application itself from?
//!
//! The built web page stands inside the program. Files with a hash in their name never change; everything else is
//! asked for again each time. An unknown path is a page of the application, unless it names a file or an API address.

use crate::ask::Ask;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Sent with every answer.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Adds the headers that keep other pages out, and keeps answers about people out of caches.
pub async fn harden(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Whatever is no address of the API.
pub async fn fallback(uri: Uri, ask: Ask, request: Request) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::address().answer(ask.language, &ask.address);
    }
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if let Some(answer) = file(path, known) {
        return answer;
    }
    // A path with a dot in its last part names a file, and there is none.
    if path.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return Problem::address().answer(ask.language, &ask.address);
    }
    file("index.html", known).unwrap_or_else(|| Html(NOT_BUILT).into_response())
}

const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>台账</title>\
<p>本程序编译时没有网页。请先在web目录运行npm ci和npm run build，再重新编译。</p>\
<p>This program was built without its web page: run <code>npm ci</code> and <code>npm run build</code> in \
<code>web/</code>, then build again.</p></html>";

fn file(path: &str, known: Option<&str>) -> Option<Response> {
    let file = Dist::get(path)?;
    let tag: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(CACHE_CONTROL, cache.to_string()), (ETAG, tag.clone())];
    if known == Some(tag.as_str()) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let kind = [(CONTENT_TYPE, media_type(path))];
    Some((headers, kind, Body::from(file.data)).into_response())
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
