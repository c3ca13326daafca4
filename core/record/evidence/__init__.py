"""Evidence that stands without this program: a log's tree, its signed heads, receipts, and how each is checked.

Pure functions of bytes; no file, database or clock. What others call:

    tree.MerkleTree, tree.verify_inclusion, tree.verify_consistency      RFC 9162 over salted leaves
    checkpoint.Checkpoint, checkpoint.opened                             a head as a C2SP signed note
    keys.PrivateKey, keys.PublicKey                                      Ed25519, as hexadecimal digits and as PEM
    receipt.Receipt                  one JSON file: Receipt.from_json(document), .to_json(), .subjects, .code
    statement.statement              the in-toto statement about an audit's files
    verification.verified            what a receipt proves of some files: Verified(strength, steps, moment)
    words.badge_words, words.short_code, words.openssl_steps             what a page or an annex prints

A receipt is made by a ledger (`core.store.ledger`). In the app, `Workspace` has

    receipt(audit_id, files)         the receipt for an audit and for files, as bytes by name, made from it; its `code`
                                     is the same for every file, so that a report can print it before it is finished
    ledger.code(audit_id)            that code alone, or None
    ledger.say(audit_id, kind, body), .said(audit_id, kind)
                                     sign-offs {"name", "role", "words"}, notes, registers, as entries of their
                                     own
    ledger.strength(audit_id)        what a badge says, without opening a database: words.badge_words(strength)
    ledger.trouble                   what is wrong with the ledger, in words; empty where nothing is known to be
"""
