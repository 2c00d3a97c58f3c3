"""Videos made by gradient descent on their pixels."""
