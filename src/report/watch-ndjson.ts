// One event of a watch as one line of JSON.
import { escapeJson } from './escape.ts';
import type { WatchEvent } from './watch.ts';

export const renderWatchLine = (event: WatchEvent): string => `${escapeJson(JSON.stringify(event))}\n`;
