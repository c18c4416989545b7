"""State police systems that speak SOAP, in the manner of a State Crime Records Bureau."""
