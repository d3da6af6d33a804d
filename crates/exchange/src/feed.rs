//! How do the rows of a file come in chunks, read by one thread while another writes?
//!
//! A chunk is so many rows, whatever else happens: the same file always gives the same chunks.

use crate::ExchangeError;
use crate::header::{HEADER_WITHIN, Use};
use crate::reading::{ReadRow, Reader};
use crate::source::{Row, Source};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Rows that are judged and written together.
pub(crate) struct Chunk {
    /// Its number, from 0.
    pub no: u64,
    /// The words of the file's header; empty when rows name their fields.
    pub words: Arc<[String]>,
    /// What its columns are for.
    pub uses: Arc<[Use]>,
    /// The rows.
    pub rows: Vec<ReadRow>,
}

/// Reads a file in chunks of `size` rows and hands them to `each`, which runs while the next chunk is read.
pub(crate) fn each_chunk(
    source: &Source,
    reader: Reader<'_>,
    size: usize,
    mut each: impl FnMut(Chunk) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    std::thread::scope(|scope| {
        let (send, receive): (_, Receiver<Chunk>) = sync_channel(1);
        let reading = scope.spawn(move || Feed::new(source, reader, size, send).run());
        // When `each` fails, the receiver is dropped, and the reading thread stops at its next chunk.
        let done = receive.into_iter().try_for_each(&mut each);
        match reading.join() {
            Ok(read) => done.and(read),
            // A library that stumbles over somebody's file takes nobody else down.
            Err(_) => Err(ExchangeError::Workbook {
                path: source.path().to_path_buf(),
                detail: "the reading stopped at something unforeseen".into(),
            }),
        }
    })
}

struct Feed<'a> {
    source: &'a Source,
    reader: Reader<'a>,
    size: usize,
    send: SyncSender<Chunk>,
    /// Rows among which the header is looked for; `None` once it is found.
    head: Option<Vec<Row>>,
    words: Arc<[String]>,
    uses: Arc<[Use]>,
    rows: Vec<ReadRow>,
    no: u64,
    fault: Option<ExchangeError>,
}

impl<'a> Feed<'a> {
    fn new(source: &'a Source, reader: Reader<'a>, size: usize, send: SyncSender<Chunk>) -> Self {
        let head = (!source.has_names()).then(Vec::new);
        let (words, uses) = (Arc::from([]), Arc::from([]));
        Self { source, reader, size, send, head, words, uses, rows: Vec::new(), no: 0, fault: None }
    }

    fn run(mut self) -> Result<(), ExchangeError> {
        let source = self.source;
        source.each_row(&mut |row| self.take(row))?;
        if self.fault.is_none() {
            // A short file ends before its header was looked for; one without rows still must have one.
            let _ = self.settle_head();
        }
        if self.fault.is_none() && !self.rows.is_empty() {
            let _ = self.flush();
        }
        self.fault.map_or(Ok(()), Err)
    }

    fn take(&mut self, row: Row) -> ControlFlow<()> {
        match &mut self.head {
            Some(head) => {
                head.push(row);
                if head.len() > HEADER_WITHIN { self.settle_head() } else { ControlFlow::Continue(()) }
            }
            None => self.push(row),
        }
    }

    fn settle_head(&mut self) -> ControlFlow<()> {
        let Some(head) = self.head.take() else { return ControlFlow::Continue(()) };
        if let Err(fault) = self.reader.find_header(self.source, &head) {
            self.fault = Some(fault);
            return ControlFlow::Break(());
        }
        let header = self.reader.header();
        (self.words, self.uses) = (header.words.as_slice().into(), header.uses.as_slice().into());
        let n_rows = header.n_rows;
        head.into_iter().skip(n_rows).try_for_each(|row| self.push(row))
    }

    fn push(&mut self, row: Row) -> ControlFlow<()> {
        let row = self.reader.read(row);
        self.rows.push(row);
        if self.rows.len() == self.size { self.flush() } else { ControlFlow::Continue(()) }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let rows = std::mem::take(&mut self.rows);
        let chunk = Chunk { no: self.no, words: Arc::clone(&self.words), uses: Arc::clone(&self.uses), rows };
        self.no += 1;
        match self.send.send(chunk) {
            Ok(()) => ControlFlow::Continue(()),
            // Whoever writes has met a fault and says so itself.
            Err(_) => ControlFlow::Break(()),
        }
    }
}
