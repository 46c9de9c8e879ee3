exports.register = async () => {
  const { registerOTel } = await import('@vercel/otel');
  registerOTel({ serviceName: 'host' });
};
