// Shows our own description of the API; no validator elsewhere is asked about it.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null, deepLinking: true });
