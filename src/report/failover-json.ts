// The failover document as scripts read it; the same values, with every unprintable character as \uXXXX.
import { escapeJson } from './escape.ts';
import type { FailoverReport } from './failover.ts';

export const renderFailoverJson = (report: FailoverReport): string =>
  `${escapeJson(JSON.stringify(report, null, 2))}\n`;
