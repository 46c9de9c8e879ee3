// As Next.js does it: the file is loaded once the server is up, and its `register` is awaited.
module.exports = (async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { register } = require('./instrumentation-register.cjs');
  await register();
})();
