export type AuditFaultKind =
  /** The file ends within a line, or without its trailer. */
  | 'torn'
  /** The line is not the RFC 8785 text of what it says, or no JSON at all. */
  | 'not_canonical'
  /** Members are missing, of another type, or unknown. */
  | 'line_shape'
  | 'line_hash'
  /** `prev_hash` is not the hash of the line before. */
  | 'chain'
  | 'event_hash'
  | 'content_hash'
  /** A member of the line differs from the same member of its event. */
  | 'column_mismatch'
  /** The event does not follow the event before it in its stream. */
  | 'stream_chain'
  | 'leaf_order'
  | 'duplicate'
  /** A ledger is opened once, by its first event: a second opening could name another key. */
  | 'ledger_opened_again'
  /** A rotation, a seal or a format outside its stream. */
  | 'event_misplaced'
  /** The readable part is not what is derived from the event. */
  | 'derived_mismatch'
  | 'trailer_misplaced'
  | 'count'
  | 'root_mismatch'
  | 'proof_invalid'
  | 'signature_invalid'
  /** A checkpoint covers more than the file holds, or two checkpoints contradict each other. */
  | 'checkpoint_mismatch'
  /** An event that the trailer declares is not there, or is another one. */
  | 'incomplete'
  /** An event or a file is there that the trailer does not declare. */
  | 'undeclared'
  /** A key is known, and it did not sign what the export declares. */
  | 'unsigned'
  | 'file_missing'
  | 'file_changed'
  /** An event names an artifact that the bundle does not declare. */
  | 'artifact_missing'
  /** No ZIP archive that both verifiers read alike, or one that is damaged. */
  | 'archive';

/** A fault and where it stands. */
export interface AuditFault {
  /** Line number from 1; 0 for the checkpoint that was handed in. */
  readonly line: number;
  readonly kind: AuditFaultKind;
  readonly expected: string;
  readonly actual: string;
}

export type ReportAuditFault = (line: number, kind: AuditFaultKind, expected: string, actual: string) => void;
