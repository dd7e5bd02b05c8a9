export type SendOutcome =
  | 'sent'
  /** There is no such connection any more, or not yet. */
  | 'gone'
  /** Refused, or not taken in time; whether the client has it is unknown. */
  | 'failed';

/** Frames to open WebSockets. Never throws; a send that hangs is given up after seconds. */
export interface ConnectionSender {
  send(connectionId: string, text: string): Promise<SendOutcome>;
  /** Cuts a connection, so that its client connects again and catches up. */
  close(connectionId: string): Promise<void>;
}
