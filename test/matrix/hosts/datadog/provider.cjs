const { TracerProvider } = require('dd-trace').init();

new TracerProvider().register();
