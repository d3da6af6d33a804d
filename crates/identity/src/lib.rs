//! Who is this person, and are these two entries one person?
