// The reading of a log line, for those who judge it: rules see keepalived's formats through the model only. It
// adds nothing to what keepalived's own room reads.
export type { LogEvent } from '../keepalived/log-event.ts';
export { readLogLine } from '../keepalived/log-lines.ts';
