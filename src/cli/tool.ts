// Which program this is. The version is that of package.json, put in place when the program is built.
import manifest from '../../package.json' with { type: 'json' };

export const tool = { name: 'vipdoctor', version: manifest.version } as const;
