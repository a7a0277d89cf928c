import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/lab/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          // Every file raises clusters of its own name, so two files do not meet.
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          exclude: ['test/lab/failover.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          // Waits for rescues on nodes, which takes minutes: `npm run test:failover`. The short part is in `lab`.
          name: 'failover',
          include: ['test/lab/failover.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
