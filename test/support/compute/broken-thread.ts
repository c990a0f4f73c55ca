/** A thread that ends before it could be asked anything. */
throw new Error('this module cannot be loaded');
