package dev.scaling.consistency.servlet;

import java.util.EnumSet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The web servers that Spring Boot supports, with one filter and one servlet.
 */
enum WebServer {

	TOMCAT {

		@Override
		Running start(Filter filter, HttpServlet servlet, String directory) throws Exception {
			Tomcat tomcat = new Tomcat();
			tomcat.setBaseDir(directory);
			tomcat.setPort(0);
			StandardContext context = (StandardContext) tomcat.addContext("", null);
			context.setClearReferencesRmiTargets(false);
			context.setClearReferencesThreadLocals(false);
			FilterDef definition = new FilterDef();
			definition.setFilterName("filter");
			definition.setFilter(filter);
			definition.setAsyncSupported("true");
			context.addFilterDef(definition);
			FilterMap mapping = new FilterMap();
			mapping.setFilterName("filter");
			mapping.addURLPattern("/*");
			EnumSet.allOf(DispatcherType.class).forEach((type) -> mapping.setDispatcher(type.name()));
			context.addFilterMap(mapping);
			Tomcat.addServlet(context, "servlet", servlet).setAsyncSupported(true);
			context.addServletMappingDecoded("/", "servlet");
			ErrorPage page = new ErrorPage();
			page.setLocation("/page");
			context.addErrorPage(page);
			tomcat.start();
			return new Running(tomcat.getConnector().getLocalPort(), () -> {
				tomcat.stop();
				tomcat.destroy();
			});
		}

	},

	JETTY {

		@Override
		Running start(Filter filter, HttpServlet servlet, String directory) throws Exception {
			Server server = new Server();
			ServerConnector connector = new ServerConnector(server);
			connector.setHost("127.0.0.1");
			server.addConnector(connector);
			ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
			FilterHolder holder = new FilterHolder(filter);
			holder.setAsyncSupported(true);
			context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
			ServletHolder servletHolder = new ServletHolder(servlet);
			servletHolder.setAsyncSupported(true);
			context.addServlet(servletHolder, "/");
			ErrorPageErrorHandler errorHandler = new ErrorPageErrorHandler();
			errorHandler.addErrorPage(ErrorPageErrorHandler.GLOBAL_ERROR_PAGE, "/page");
			context.setErrorHandler(errorHandler);
			server.setHandler(context);
			server.start();
			return new Running(connector.getLocalPort(), server::stop);
		}

	};

	abstract Running start(Filter filter, HttpServlet servlet, String directory) throws Exception;

	/**
	 * A server that runs.
	 *
	 * @param port its port
	 * @param end stops it
	 */
	record Running(int port, AutoCloseable end) implements AutoCloseable {

		@Override
		public void close() throws Exception {
			this.end.close();
		}

	}

}
