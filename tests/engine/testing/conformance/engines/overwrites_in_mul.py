"""A micrograd-style engine whose products overwrite gradients; - and / are made of + and *, as many write them."""

class Value:
    def __init__(self, data, _children=(), _op=''):
        self.data=data; self.grad=0.0; self._backward=lambda: None; self._prev=_children
    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o); out = Value(self.data+o.data,(self,o))
        def b(): self.grad += out.grad; o.grad += out.grad
        out._backward=b; return out
    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o); out = Value(self.data*o.data,(self,o))
        def b(): self.grad = o.data*out.grad; o.grad = self.data*out.grad
        out._backward=b; return out
    def __pow__(self, n):
        out=Value(self.data**n,(self,))
        def b(): self.grad += n*self.data**(n-1)*out.grad
        out._backward=b; return out
    def relu(self):
        out=Value(0 if self.data<0 else self.data,(self,))
        def b(): self.grad += (out.data>0)*out.grad
        out._backward=b; return out
    def backward(self):
        topo=[]; vis=set()
        def build(v):
            if v not in vis:
                vis.add(v)
                for c in v._prev: build(c)
                topo.append(v)
        build(self); self.grad=1.0
        for v in reversed(topo): v._backward()
    def __neg__(self): return self*-1
    def __radd__(self,o): return self+o
    def __sub__(self,o): return self+(-o)
    def __rsub__(self,o): return o+(-self)
    def __rmul__(self,o): return self*o
    def __truediv__(self,o): return self*o**-1
    def __rtruediv__(self,o): return o*self**-1
    def __repr__(self): return f"Value({self.data})"
