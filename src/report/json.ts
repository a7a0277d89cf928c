// The report as the document scripts rely on; the same values, with every unprintable character as \uXXXX.
import { escapeJson } from './escape.ts';
import type { CheckReport } from './report.ts';

export const renderJson = (report: CheckReport): string => `${escapeJson(JSON.stringify(report, null, 2))}\n`;
