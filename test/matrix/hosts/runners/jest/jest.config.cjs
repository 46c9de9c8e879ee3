module.exports = { rootDir: __dirname, testMatch: ['**/*.jest.cjs'], transform: {} };
