require('dd-trace').init();
