"""What may be sent and what is answered, as marshmallow schemas: the OpenAPI document is made from them."""
